import { chain, type Maybe } from "../maybe.ts";
import type { SessionRecord } from "../store/record.ts";
import { type Actor, type Identity, identityOf } from "./acting.ts";
import type { OnDiscard } from "./data-view.ts";
import type { Engine } from "./engine.ts";
import type { ExternalUser } from "./external-user.ts";
import { lookUpUser } from "./user-look-up.ts";

/** What one request sees of its record, each part made once. */
export class VisitView {
  readonly #engine: Engine;
  #identity: { readonly record: SessionRecord | null; readonly identity: Identity } | null = null;
  #data: { readonly texts: object; readonly view: object } | null = null;
  #asked: { readonly id: string; readonly answer: Maybe<unknown> } | null = null;
  #user: { readonly id: string; readonly value: unknown } | null = null;
  // Made when it is first needed: most visits have no extensions.
  #memo: Map<string, unknown> | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Who a record stands for at this instant. */
  identityOf(record: SessionRecord | null): Identity {
    if (this.#identity?.record === record) return this.#identity.identity;
    const identity = identityOf(record, this.#engine.policy.runtime.now());
    // Where nothing in it ends by itself it is the same at every instant.
    if (record === null || record.actor === null) this.#identity = { record, identity };
    return identity;
  }

  /** Texts of data as values. */
  dataOf(texts: Readonly<Record<string, string>>, onDiscard: OnDiscard): object {
    if (this.#data?.texts === texts) return this.#data.view;
    const view = this.#engine.viewData(texts, onDiscard);
    this.#data = { texts, view };
    return view;
  }

  /** The user that was found under this id, or `null`. */
  userOf(userId: string | null): unknown {
    return this.#user !== null && this.#user.id === userId ? this.#user.value : null;
  }

  noteUser(id: string, value: unknown): void {
    this.#user = { id, value };
  }

  /** Looks a user up, once; `settle` is told who was found, or who is missing: the user, or whoever acts as them. */
  findUser(
    { userId, actor }: { readonly userId: string; readonly actor: Actor | null },
    external: ExternalUser | null,
    settle: (user: unknown, missing: string) => unknown,
  ): Maybe<unknown> {
    const { policy } = this.#engine;
    if (!policy.user) return null;
    if (this.#asked?.id === userId) return this.#asked.answer;
    const known = (id: string) => (external?.userId === id ? external.user : undefined);
    const look = () => chain(lookUpUser(policy, userId, known(userId)), (user) => settle(user, userId));
    const answer = actor
      ? chain(lookUpUser(policy, actor.userId, known(actor.userId)), (acting) =>
          acting == null ? settle(null, actor.userId) : look(),
        )
      : look();
    this.#asked = { id: userId, answer };
    return answer;
  }

  /** Remembers what a function gives for the rest of the request, or until another user signs in. */
  memo<Value>(name: string, make: () => Value): Value {
    this.#memo ??= new Map();
    if (!this.#memo.has(name)) this.#memo.set(name, make());
    return this.#memo.get(name) as Value;
  }

  forgetMemo(names: readonly string[]): void {
    for (const name of names) this.#memo?.delete(name);
  }

  forget(): void {
    this.#data = null;
    this.#memo = null;
    this.#asked = null;
    this.#user = null;
  }
}
