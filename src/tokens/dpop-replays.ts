import { createGuard } from "../core/guard.ts";
import { createKeptRecords, type KeptRecordsContext } from "../core/kept-records.ts";
import { createReads } from "../core/reads.ts";
import { type Duration, toMilliseconds } from "../duration.ts";
import { type Runtime, systemRuntime } from "../runtime.ts";
import type { SessionStore } from "../store/port.ts";
import type { DpopReplays } from "../verify/dpop-options.ts";

/** How proofs are remembered. */
export interface DpopReplaysOptions {
  /** How long one call of the store may take (default `"2s"`). */
  readonly storeTimeLimit?: Duration;
  /** The clock, for tests. */
  readonly runtime?: Partial<Runtime>;
}

/** How many calls of the store may be under way at once. */
const pendingLimit = 10_000;

/**
 * Remembers used DPoP proofs in a session store, for every process that shares it: a proof is one record, kept until the proof
 * is too old to be used, and then swept like any other. Of any number of uses at once, in any number of processes, one is the
 * first. It costs one write for each proof that holds in everything else.
 *
 * @param store Any store: the sessions' own, or another one. `memoryStore()` remembers for one process only.
 * @returns What `dpop.replays` of a verifier takes. It rejects with {@link SessionStoreError} `STORE_UNAVAILABLE` where the store
 *   does not answer: the proof is neither accepted nor refused.
 *
 * @example
 * const verify = accessTokenVerifier({
 *   issuer: "https://shop.example",
 *   audience: "https://api.shop.example",
 *   dpop: { origin: "https://api.shop.example", replays: dpopReplays(postgresStore(pool)) },
 * });
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-11.1 RFC 9449: DPoP proof replay}
 */
export function dpopReplays(store: SessionStore, options: DpopReplaysOptions = {}): DpopReplays {
  const runtime = { ...systemRuntime, ...options.runtime };
  const timeLimit = toMilliseconds(options.storeTimeLimit ?? "2s", "storeTimeLimit");
  const guard = createGuard(store, { timeLimit, pendingLimit }, runtime, () => undefined);
  return keptDpopReplays({ store, guard, runtime, find: createReads(store, guard, runtime) });
}

/** The same among the records of an engine that is there already. */
export function keptDpopReplays(context: KeptRecordsContext): DpopReplays {
  const proofs = createKeptRecords(context, "dpop");
  return {
    remember: async (id, expiresAt) => (await proofs.create(id, "", expiresAt)) !== null,
  };
}
