import { isSessionError } from "../errors.ts";
import { isPromise, type Maybe } from "../maybe.ts";
import type { Clock } from "../runtime.ts";
import type { SessionRecord } from "../store/record.ts";
import type { Identity } from "./acting.ts";
import type { OnDiscard } from "./data-view.ts";
import type { DataOperation } from "./draft.ts";
import type { Emit } from "./events.ts";
import { extensionError, isSteering } from "./extension-error.ts";
import { type ResolvedExtension, recordKey } from "./extension-policy.ts";
import type { EventFacts, ExtensionContext } from "./extensions.ts";
import { deepFreeze } from "./json.ts";
import { encodeAll, updateOne, writeAll } from "./operations.ts";
import type { AnyReadonlySession } from "./session.ts";
import { withinLimit } from "./time-limit.ts";

/** What an extension needs of the visit that its session belongs to. */
export interface ExtensionHost {
  readonly record: SessionRecord | null;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly emit: Emit;
  memo<Value>(name: string, make: () => Value): Value;
  /** Forgets what is remembered under these names. */
  forgetMemo(names: readonly string[]): void;
  readonlySession(): AnyReadonlySession;
  /** The same, for what makes its public view. */
  shownSession(): AnyReadonlySession;
  header(name: string): string | null;
  noteDiscard(): OnDiscard;
  write<Result>(operation: DataOperation<Result>): Promise<Result>;
}

/** What one extension knows and does in one request. */
export class OwnContext implements ExtensionContext {
  readonly data: object;
  readonly #host: ExtensionHost;
  readonly #extension: ResolvedExtension;
  readonly #decoded = new Map<string, { readonly text: string | undefined; readonly value: unknown }>();

  constructor(host: ExtensionHost, extension: ResolvedExtension) {
    this.#host = host;
    this.#extension = extension;
    this.data = this.#view();
  }

  get now(): number {
    return this.#host.clock.now();
  }

  header(name: string): string | null {
    return this.#host.header(name);
  }

  async set(patch: Readonly<Record<string, unknown>>): Promise<void> {
    const { name, shape } = this.#extension;
    const own = Object.entries(patch).map(([key, value]) => [recordKey(name, key), value] as const);
    await this.#write(writeAll(encodeAll(shape, Object.fromEntries(own))));
  }

  async update(key: string, change: (value: never) => unknown): Promise<never> {
    const { name, shape } = this.#extension;
    const operation = updateOne(shape, recordKey(name, key), change as never, this.#host.noteDiscard());
    return (await this.#write(operation)) as never;
  }

  async #write<Result>(operation: DataOperation<Result>): Promise<Result> {
    const result = await this.#host.write(operation);
    this.#host.forgetMemo(this.#extension.dependents);
    return result;
  }

  emit(event: string, facts: EventFacts = {}): void {
    const { record, identity } = this.#host;
    const { userId, actor } = identity;
    this.#host.emit({
      ...{ type: "extension", extension: this.#extension.name, event, facts, userId },
      sessionId: record?.id ?? null,
      ...(actor && { actorId: actor.userId }),
    });
  }

  async inTime<T>(ask: () => Maybe<T>): Promise<T> {
    try {
      const answer = ask();
      if (!isPromise(answer)) return answer;
      return await withinLimit(answer, this.#extension.timeLimit, this.#host.clock);
    } catch (error) {
      throw isSessionError(error) || isSteering(error) ? error : extensionError(this.#extension, "method", error);
    }
  }

  // Getters over the record at hand, since the data may change while the value of the extension lives.
  #view(): object {
    const view = {};
    for (const key of Object.keys(this.#extension.definition.data ?? {}))
      Object.defineProperty(view, key, { enumerable: true, get: () => this.#read(key) });
    return Object.freeze(view);
  }

  #read(key: string): unknown {
    const own = recordKey(this.#extension.name, key);
    const texts = this.#host.identity.data;
    const text = Object.hasOwn(texts, own) ? texts[own] : undefined;
    const known = this.#decoded.get(key);
    if (known && known.text === text) return known.value;
    const { value, discarded } = this.#extension.shape.decode(own, text);
    if (discarded) this.#host.noteDiscard()(own, discarded);
    this.#decoded.set(key, { text, value: deepFreeze(value) });
    return value;
  }
}
