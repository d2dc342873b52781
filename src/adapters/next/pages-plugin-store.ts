import type { Guard } from "../../core/guard.ts";
import { SessionStoreError } from "../../errors.ts";
import type { SessionData } from "./pages-session.ts";

/**
 * A store as next-server-session knows it: whole objects by their id, and the id is what the cookie holds. Anything that
 * wrote sessions for it goes on working; the stores of `coatcheck/stores/…` can do more.
 */
export interface SessionStore {
  /** Makes an id that cannot be guessed. */
  id(): Promise<string>;
  /** Gives the data, or `null`. An expired session is to be `null` as well. */
  get(sessionId: string): Promise<SessionData | null | undefined>;
  set(sessionId: string, data: SessionData): Promise<unknown>;
  /** Merges top-level keys. */
  merge(sessionId: string, data: SessionData): Promise<unknown>;
  destroy(sessionId: string): Promise<unknown>;
}

/** A plug-in store behind the time limit and the typed errors of the engine, and with one lane for each session. */
export interface PluginStore {
  id(): Promise<string>;
  /** The data as a copy, or `null`. */
  get(id: string): Promise<SessionData | null>;
  set(id: string, data: SessionData): Promise<void>;
  merge(id: string, data: SessionData): Promise<void>;
  destroy(id: string): Promise<void>;
  /** Runs a task when all earlier ones of the same session have ended. */
  inLane<Result>(id: string, task: () => Promise<Result>): Promise<Result>;
}

/** Puts a plug-in store behind the guard. */
export function createPluginStore(store: SessionStore, guard: Guard): PluginStore {
  const call = async <Result>(operation: string, invoke: () => PromiseLike<Result>): Promise<Result> =>
    guard.call(operation, invoke);
  return {
    async id() {
      const id: unknown = await call("make an id", () => store.id());
      if (isPlausibleId(id)) return id;
      throw new SessionStoreError("STORE_UNAVAILABLE", "The plug-in store made an id that no cookie can hold.", {
        hint: "id() gives a text of 1 to 4,000 characters without control characters.",
      });
    },
    get: (id) => call("get", async () => isolated(await store.get(id))),
    set: (id, data) => call("set", async () => void (await store.set(id, data))),
    merge: (id, data) => call("merge", async () => void (await store.merge(id, data))),
    destroy: (id) => call("destroy", async () => void (await store.destroy(id))),
    inLane: createLanes(),
  };
}

/** Whether a text may be asked for. A store over a plain object would find what every object inherits. */
export function isPlausibleId(id: unknown): id is string {
  return typeof id === "string" && /^[^\p{Cc}\p{Cs}]{1,4000}$/u.test(id) && !(id in Object.prototype);
}

/** Makes lanes: in each of them one task runs at a time. */
export function createLanes(): PluginStore["inLane"] {
  const tails = new Map<string, Promise<unknown>>();
  return (id, task) => {
    const run = (tails.get(id) ?? Promise.resolve()).then(task);
    const tail = run.then(nothing, nothing).then(() => {
      if (tails.get(id) === tail) tails.delete(id);
    });
    tails.set(id, tail);
    return run;
  };
}

// What a store hands out may be the very object that it keeps.
function isolated(data: unknown): SessionData | null {
  return typeof data === "object" && data !== null ? (structuredClone(data) as SessionData) : null;
}

const nothing = () => undefined;
