import {
  type LuciaImporter,
  type LuciaImporterOptions,
  type LuciaRow,
  type LuciaTable,
  luciaImporter,
} from "../../src/adapters/lucia/index.ts";
import { createSessions, memoryStore, type SessionEvent, type SessionStore } from "../../src/index.ts";
import { type CountingStore, countingStore, type FakeRuntime, fakeRuntime } from "../../src/testing/index.ts";

export const secrets = ["a key of this application, 32 bytes and more"];
export const day = 86_400_000;

/** An id as Lucia makes them. */
export const luciaId = (letter = "a"): string => letter.repeat(40);

/** Lucia's table in memory, and what was asked of it. */
export interface MemoryTable extends LuciaTable {
  readonly rows: Map<string, LuciaRow>;
  readonly asked: string[];
}

/** Makes a table of these rows. */
export function memoryTable(rows: Readonly<Record<string, LuciaRow>>): MemoryTable {
  const kept = new Map(Object.entries(rows));
  const asked: string[] = [];
  return {
    rows: kept,
    asked,
    find(id) {
      asked.push("find");
      return kept.get(id) ?? null;
    },
    delete(id) {
      asked.push("delete");
      kept.delete(id);
    },
    deleteUser(userId) {
      asked.push("deleteUser");
      for (const [id, row] of kept) if (row.userId === userId) kept.delete(id);
    },
  };
}

/** Sessions that visitors of Lucia come to. */
export interface Moving {
  readonly runtime: FakeRuntime;
  readonly store: CountingStore;
  readonly events: SessionEvent[];
  readonly table: MemoryTable;
  readonly sessions: ReturnType<typeof createSessions>;
  readonly importer: LuciaImporter;
  /** Another process: the same store and table, sessions and importer of its own. */
  another(options?: Partial<LuciaImporterOptions> & { readonly store?: SessionStore }): LuciaImporter;
}

/** Ada has one session of Lucia, which ends in 20 days, unless rows are given. */
export function moving(
  options: Partial<LuciaImporterOptions> = {},
  { store = memoryStore() as SessionStore, rows }: { store?: SessionStore; rows?: Record<string, LuciaRow> } = {},
): Moving {
  const runtime = fakeRuntime();
  const events: SessionEvent[] = [];
  const table = memoryTable(rows ?? { [luciaId()]: { userId: "ada", expiresAt: runtime.now() + 20 * day } });
  const counted = countingStore(store);
  const make = (own: SessionStore) =>
    createSessions({
      store: own,
      runtime,
      origins: ["https://shop.example"],
      timeouts: { idle: "30d", absolute: "400d" },
      onEvent: (event) => events.push(event),
    });
  const sessions = make(counted);
  return {
    runtime,
    store: counted,
    events,
    table,
    sessions,
    importer: luciaImporter(sessions, { table, secrets, ...options }),
    another: ({ store: own = counted, ...others } = {}) =>
      luciaImporter(make(own), { table, secrets, ...options, ...others }),
  };
}

/** Waits for the end of a promise, whichever it is, and lets time pass on the clock of the test meanwhile. */
export async function settled<T>(runtime: FakeRuntime, promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  let over = false;
  const end = Promise.allSettled([promise]).then(([result]) => {
    over = true;
    return result as PromiseSettledResult<T>;
  });
  for (let turn = 0; !over && turn < 10_000; turn++) {
    await letOthersRun();
    runtime.advance(10);
  }
  return end;
}

/** One turn of the event loop: digests and keys are made outside of it. */
export function letOthersRun(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
