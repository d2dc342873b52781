import type { Emit } from "../../core/events.ts";
import { createGuard } from "../../core/guard.ts";
import type { Policy } from "../../core/policy.ts";
import { SessionStoreError } from "../../errors.ts";
import type { SessionRecord } from "../../store/record.ts";
import { isCorrupt } from "../../store/record.ts";
import { type Claim, readClaim } from "./import-claim.ts";
import type { LuciaRow, LuciaTable } from "./table.ts";

/** The two sides of an import, each behind a time limit: Lucia's table and the session store. */
export interface ImportDesk {
  readonly policy: Policy;
  readonly emit: Emit;
  findRow(luciaId: string): Promise<LuciaRow | null>;
  deleteRow(luciaId: string): Promise<void>;
  deleteRowsOf(userId: string): Promise<void>;
  create(record: SessionRecord): Promise<"created" | "exists">;
  find(id: string): Promise<SessionRecord | null>;
  findClaim(id: string): Promise<Claim | null>;
  /** Removes a session that nobody has been given. A failure is an event: what stays behind opens nothing. */
  drop(id: string): Promise<void>;
}

/** Makes the desk of one importer. */
export function createDesk(policy: Policy, emit: Emit, table: LuciaTable): ImportDesk {
  const { store, storeLimits, runtime } = policy;
  const ours = createGuard(store, storeLimits, runtime, emit);
  const theirs = createGuard({ ...store, name: "lucia table" }, storeLimits, runtime, emit);
  const find = async (id: string) => (await ours.read("find", () => store.find([id], runtime.now())))[0] ?? null;
  return {
    policy,
    emit,
    findRow: async (luciaId) => theirs.read("find", () => quietly(() => table.find(luciaId))),
    deleteRow: async (luciaId) => void (await theirs.repeat("delete", () => quietly(() => table.delete(luciaId)))),
    deleteRowsOf: async (userId) => void (await theirs.repeat("delete", () => quietly(() => table.deleteUser(userId)))),
    create: async (record) => ours.repeat("create", () => store.create(record)),
    async find(id) {
      const found = await find(id);
      return found === null || isCorrupt(found) ? null : found;
    },
    findClaim: async (id) => readClaim(await find(id)),
    async drop(id) {
      try {
        await ours.repeat("destroy", () => store.destroy(id));
      } catch {
        // The guard has reported it.
      }
    },
  };
}

// Drivers and, more so, object mappers put the values of a statement into their errors, and the value is a Lucia id: a secret.
async function quietly<T>(ask: () => T | PromiseLike<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { name, code } = (error ?? {}) as { readonly name?: unknown; readonly code?: unknown };
    throw new SessionStoreError("STORE_UNAVAILABLE", "Lucia's table could not be asked.", {
      hint: "Nobody is signed out by it: answer with a 503 and try again. See that its name and columns are as configured.",
      cause: new Error([name, code].filter((part) => typeof part === "string").join(" ")),
    });
  }
}
