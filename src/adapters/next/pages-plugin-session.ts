import { equalInConstantTime } from "../../bytes.ts";
import { blankCookie } from "../../cookie/session-cookie.ts";
import type { DataShape } from "../../core/data-shape.ts";
import { encodeAll } from "../../core/operations.ts";
import type { Policy } from "../../core/policy.ts";
import type { Transport } from "../../core/transport.ts";
import { gone } from "../../core/writes.ts";
import { addMark, checkForm, falseIf, isTokenText, markOf, newCSRFToken, takeMark } from "./pages-csrf.ts";
import { checkData, checkName, copyOf, formerTokenKey, isReserved, patchOf, tokensKey } from "./pages-data.ts";
import { createLanes, isPlausibleId, type PluginStore } from "./pages-plugin-store.ts";
import type { PageSession, SessionData } from "./pages-session.ts";

/** Two cookies of one name can be tossed in by a sibling domain; more than this many are not even looked at. */
const mostCandidates = 4;

/**
 * One request's session in a plug-in store. Such a store keeps whole objects and knows no condition, so each change reads,
 * changes and writes in the lane of its session: within this process nothing is lost and nothing comes back to life.
 */
export class PluginSession implements PageSession {
  readonly #store: PluginStore;
  readonly #policy: Policy;
  readonly #shape: DataShape;
  readonly #transport: Transport;
  /** The changes of this request, one after another: two first writes make one session. */
  readonly #turns = createLanes();
  /** `undefined` until it was looked for. */
  #id: string | null | undefined;
  #found: Promise<SessionData | null> | null = null;
  #reserved: string | null = null;
  #endings = 0;

  constructor(store: PluginStore, policy: Policy, transport: Transport) {
    this.#store = store;
    this.#policy = policy;
    this.#shape = policy.shape;
    this.#transport = transport;
  }

  async id(begin: boolean): Promise<string | null> {
    if (begin) {
      await this.#change(
        async () => {},
        () => this.#begin({}),
      );
    }
    await this.#load();
    // Without a session a fresh id, as next-server-session answers; a session that this request begins will have it.
    if (!this.#id) this.#reserved ??= await this.#store.id();
    return this.#id ?? this.#reserved;
  }

  async data(): Promise<SessionData> {
    return copyOf((await this.#load()) ?? {});
  }

  async set(change: unknown): Promise<void> {
    const patch = typeof change === "function" ? null : this.#encode(checkData(change));
    const work = (data: SessionData) => patch ?? this.#encode(patchOf(change, () => copyOf(data)));
    await this.#change(
      async (id, data) => {
        const { values, removed } = work(data);
        if (removed.length > 0) await this.#store.set(id, without({ ...data, ...values }, removed));
        else if (Object.keys(values).length > 0) await this.#store.merge(id, values);
      },
      async () => {
        const { values } = work({});
        if (Object.keys(values).length > 0) await this.#begin(values);
      },
    );
  }

  async replace(given: unknown): Promise<void> {
    const { values } = this.#encode(checkData(given));
    await this.#change(
      async (id) => {
        await this.#transport.permit("token");
        const next = await this.#store.id();
        await this.#store.set(next, values);
        if (next !== id) await this.#store.destroy(id);
        await this.#deliver(next);
      },
      async () => {
        if (Object.keys(values).length > 0) await this.#begin(values);
      },
    );
  }

  async pluck(given: unknown): Promise<unknown> {
    const name = checkName(given);
    if (isReserved(name)) return null;
    return this.#change(
      async (id, data) => {
        if (!Object.hasOwn(data, name)) return null;
        await this.#store.set(id, without(data, [name]));
        return data[name] ?? null;
      },
      async () => null,
    );
  }

  async destroy(): Promise<void> {
    await this.#turns("", async () => {
      await this.#transport.permit("token");
      await this.#load();
      const id = this.#id;
      if (id) await this.#store.inLane(id, () => this.#store.destroy(id));
      else if (this.#transport.presented.length === 0 || this.#endings > 0) return;
      this.#endings += 1;
      this.#id = null;
      this.#found = null;
      await this.#transport.deliver(blankCookie(this.#policy.cookie));
    });
  }

  async issueCSRFToken(given: unknown): Promise<string> {
    const form = checkForm(given);
    const token = newCSRFToken(this.#policy.runtime);
    const mark = await markOf(token, form);
    const added = (data: SessionData) => ({
      [tokensKey]: addMark(data[tokensKey], mark),
      ...(form === "" && { [formerTokenKey]: token }), // read by processes that still run next-server-session
    });
    await this.#change(
      (id, data) => this.#store.merge(id, added(data)),
      () => this.#begin(added({})),
    );
    return token;
  }

  async takeCSRFToken(token: unknown, given: unknown): Promise<boolean> {
    const form = checkForm(given);
    if (!isTokenText(token)) return false;
    const mark = await markOf(token, form);
    const taken = this.#change(
      async (id, data) => {
        const left = takeMark(data[tokensKey], mark);
        const former = data[formerTokenKey];
        const isFormer = form === "" && typeof former === "string" && equalInConstantTime(former, token);
        if (left === null && !isFormer) return false;
        const kept = { ...data, ...(left !== null && { [tokensKey]: left }) };
        await this.#store.set(id, isFormer ? without(kept, [formerTokenKey]) : kept);
        return true;
      },
      async () => false,
    );
    return falseIf(taken, "CROSS_SITE_REQUEST");
  }

  #load(): Promise<SessionData | null> {
    const id = this.#id;
    if (id === null) return Promise.resolve(null);
    this.#found ??= id === undefined ? this.#look() : this.#store.get(id);
    return this.#found;
  }

  /** Finds the session that was presented. Of several ids exactly one must be known. */
  async #look(): Promise<SessionData | null> {
    const ids = [...new Set(this.#transport.presented)].filter(isPlausibleId);
    const candidates = ids.length > mostCandidates ? [] : ids;
    const found = await Promise.all(candidates.map(async (id) => ({ id, data: await this.#store.get(id) })));
    const [only, ...others] = found.filter(({ data }) => data !== null);
    const isClear = only !== undefined && others.length === 0;
    this.#id = isClear ? only.id : null;
    return isClear ? only.data : null;
  }

  /** Runs a change in the turn of the request and in the lane of the session, with the data as it then is. */
  #change<Result>(
    ofSession: (id: string, data: SessionData) => Promise<Result>,
    ofNone: () => Promise<Result>,
  ): Promise<Result> {
    const endings = this.#endings;
    return this.#turns("", async () => {
      await this.#transport.permit("data");
      await this.#load();
      const id = this.#id;
      if (endings !== this.#endings) throw gone("missing");
      if (!id) return ofNone();
      return this.#store.inLane(id, async () => {
        const data = await this.#store.get(id);
        if (!data) throw gone("missing");
        this.#found = null; // read anew, whatever comes of the change
        return ofSession(id, data);
      });
    });
  }

  async #begin(data: SessionData): Promise<void> {
    await this.#transport.permit("token");
    const id = this.#reserved ?? (await this.#store.id());
    await this.#store.set(id, data);
    await this.#deliver(id);
  }

  async #deliver(id: string): Promise<void> {
    this.#id = id;
    this.#found = null;
    this.#reserved = null;
    await this.#transport.deliver({ ...this.#policy.cookie, value: id });
  }

  /** Holds values against the rules that every store of ours has, and copies them. */
  #encode(patch: SessionData): { readonly values: SessionData; readonly removed: readonly string[] } {
    const values: SessionData = {};
    const removed: string[] = [];
    for (const [key, text] of encodeAll(this.#shape, patch)) {
      if (text === undefined) removed.push(key);
      else values[key] = JSON.parse(text);
    }
    return { values, removed };
  }
}

function without(data: SessionData, keys: readonly string[]): SessionData {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !keys.includes(key)));
}
