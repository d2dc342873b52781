import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { CookieHandler, SessionData, SessionStore } from "../../src/adapters/next/pages.ts";

/** A plug-in store with what it holds, and how often it was asked. */
export interface TestStore extends SessionStore {
  readonly rows: Map<string, unknown>;
  readonly calls: string[];
}

/**
 * A store as people wrote them for next-server-session over Redis: serialised, slow, and its merge reads and then writes,
 * which loses what comes between and brings back what was destroyed.
 */
export function serialisingStore({ delay = 2 } = {}): TestStore {
  const rows = new Map<string, string>();
  const calls: string[] = [];
  const take = async (call: string) => {
    calls.push(call);
    await pause(delay);
  };
  const read = (id: string): SessionData | null =>
    rows.has(id) ? (JSON.parse(rows.get(id) as string) as SessionData) : null;
  return {
    rows,
    calls,
    id: async () => randomUUID(),
    async get(id) {
      await take("get");
      return read(id);
    },
    async set(id, data) {
      await take("set");
      rows.set(id, JSON.stringify(data));
    },
    async merge(id, data) {
      await take("merge");
      const before = read(id);
      await pause(delay);
      rows.set(id, JSON.stringify({ ...before, ...data }));
    },
    async destroy(id) {
      await take("destroy");
      rows.delete(id);
    },
  };
}

/** A store that hands out the very objects it keeps, as the memory store of next-server-session does. */
export function liveObjectStore(): TestStore {
  const rows = new Map<string, SessionData>();
  const calls: string[] = [];
  return {
    rows,
    calls,
    id: async () => randomUUID(),
    get: async (id) => rows.get(id) ?? null,
    set: async (id, data) => void rows.set(id, data),
    merge: async (id, data) => void rows.set(id, { ...rows.get(id), ...data }),
    destroy: async (id) => rows.delete(id),
  };
}

/** A cookie handler as people wrote them: it overwrites the whole header. */
export function overwritingHandler(name = "plain"): CookieHandler {
  return {
    read: async (req) => new RegExp(`(?:^|; )${name}=([^;]+)`).exec(req.headers.cookie ?? "")?.[1],
    write: async (res, value) => {
      await pause(1); // a signature, say
      res.setHeader("Set-Cookie", `${name}=${value}; Path=/; HttpOnly`);
    },
    destroy: async (res) => {
      res.setHeader("Set-Cookie", `${name}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT`);
    },
  };
}
