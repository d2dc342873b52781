import { toBase64url } from "../../bytes.ts";
import { createDataShape } from "../../core/data-shape.ts";
import { newRecord } from "../../core/lifecycle.ts";
import { encodeAll } from "../../core/operations.ts";
import type { Span } from "../../core/timeouts.ts";
import { SessionConfigError } from "../../errors.ts";
import { systemRuntime } from "../../runtime.ts";
import type { SessionStore as StorePort } from "../../store/port.ts";
import { isExpired, type SessionRecord } from "../../store/record.ts";
import { type MemoryStore, memoryStore } from "../../stores/memory.ts";
import type { SessionStore } from "./pages-plugin-store.ts";
import type { SessionData } from "./pages-session.ts";

/** Half an hour. */
export const defaultMaxAge = 1_800_000;

const month = 2_592_000_000;
const memorySymbol = Symbol.for("coatcheck.pages.memory");

/** What a memory store of ours is made of: the store of the port, with which the whole engine works. */
export interface MemoryParts {
  readonly store: StorePort;
  readonly timeouts: { readonly idle: number; readonly absolute: number };
}

/**
 * Makes a store in the memory of this process: for development, tests, and servers of one process that may forget.
 *
 * A session ends when it was not used for the given time, whether or not anything sweeps, and 30 days after it began (later
 * where the given time is longer). At most 100,000 sessions or 256 MiB are kept; what is stored and read are copies.
 *
 * @param maxSessionAge The idle timeout in milliseconds (default 1,800,000), as a number or as `{ maxSessionAgeMS }`.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: it is not a number of milliseconds.
 *
 * @example
 * configure({ sessionStore: createMemorySessionStore({ maxSessionAgeMS: 600_000 }) });
 */
export function createMemorySessionStore(
  maxSessionAge: number | { readonly maxSessionAgeMS?: number } = defaultMaxAge,
): SessionStore {
  const idle = readMaxAge(maxSessionAge);
  const timeouts = { idle, absolute: Math.max(idle, month) };
  const store = memoryStore();
  const plain = plainStore(store, timeouts);
  const parts: MemoryParts = { store, timeouts };
  return Object.defineProperty(plain, memorySymbol, { value: { ...parts, methods: { ...plain } } });
}

/** What a memory store is made of, or `null` where the store is not ours, or was changed since. */
export function memoryPartsOf(store: object): MemoryParts | null {
  const parts = (store as { [memorySymbol]?: MemoryParts & { methods: object } })[memorySymbol];
  if (!parts) return null;
  const isUnchanged = Object.entries(parts.methods).every(([name, method]) => (store as SessionData)[name] === method);
  return isUnchanged ? parts : null;
}

/** The five methods over the same records, by their public ids. What they store authenticates nobody: it has no token. */
function plainStore(store: MemoryStore, span: Span): SessionStore {
  const { now } = systemRuntime;
  const shape = createDataShape(undefined, []);
  const touchAt = (at: number, { expiresAt }: SessionRecord) => {
    return { lastSeenAt: at, idleExpiresAt: Math.min(at + span.idle, expiresAt), ifSeenBefore: at };
  };
  const findLiving = (id: string, at: number) => {
    const [record] = store.find([id], at);
    return record && !isExpired(record, at) ? record : null;
  };
  const write = (id: string, data: SessionData, clear: boolean) => {
    const texts = [...encodeAll(shape, data)];
    const set = Object.fromEntries(texts.filter((entry): entry is [string, string] => entry[1] !== undefined));
    const remove = texts.filter(([, text]) => text === undefined).map(([key]) => key);
    const at = now();
    const record = findLiving(id, at);
    if (record) {
      store.update(id, { ...(clear && { clear: true }), set, remove, touch: touchAt(at, record) }, at);
    } else {
      store.destroy(id); // expired, but not swept yet
      store.create(newRecord({ id, digest: "", userId: null, data: set, persistent: true, device: null }, span, at));
    }
  };
  return {
    id: async () => toBase64url(systemRuntime.randomBytes(16)),
    async get(id) {
      const at = now();
      const record = findLiving(id, at);
      if (!record) return null;
      store.update(id, { touch: touchAt(at, record) }, at);
      return valuesOf(record);
    },
    set: async (id, data) => write(id, data, true),
    merge: async (id, data) => write(id, data, false),
    destroy: async (id) => store.destroy(id) === "destroyed",
  };
}

function valuesOf({ data }: SessionRecord): SessionData {
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, JSON.parse(text) as unknown]));
}

function readMaxAge(given: number | { readonly maxSessionAgeMS?: number }): number {
  const age: unknown = typeof given === "object" && given !== null ? (given.maxSessionAgeMS ?? defaultMaxAge) : given;
  if (Number.isSafeInteger(age) && (age as number) >= 1) return age as number;
  throw new SessionConfigError(
    "CONFIG_INVALID",
    "createMemorySessionStore: the age is not a whole number of milliseconds.",
    {
      hint: "Write createMemorySessionStore(600_000), or { maxSessionAgeMS: 600_000 }, for ten minutes.",
    },
  );
}
