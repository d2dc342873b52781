import { byUserCases } from "./conformance/by-user-cases.ts";
import type { ConformanceCase, StoreCapability } from "./conformance/case.ts";
import { createCases } from "./conformance/create-cases.ts";
import { destroyCases } from "./conformance/destroy-cases.ts";
import { destroyOneCases } from "./conformance/destroy-one-cases.ts";
import { findCases } from "./conformance/find-cases.ts";
import { generalCases } from "./conformance/general-cases.ts";
import { isolationCases } from "./conformance/isolation-cases.ts";
import { raceCases } from "./conformance/race-cases.ts";
import { resurrectionCases } from "./conformance/resurrection-cases.ts";
import { sweepCases } from "./conformance/sweep-cases.ts";
import { textCases } from "./conformance/text-cases.ts";
import { tokenCases } from "./conformance/token-cases.ts";
import { touchCases } from "./conformance/touch-cases.ts";
import { updateCases } from "./conformance/update-cases.ts";
import { updateRefusalCases } from "./conformance/update-refusal-cases.ts";

export type { ConformanceCase, ConformanceContext, StoreCapability } from "./conformance/case.ts";

/** What to leave out of the suite. */
export interface ConformanceOptions {
  /** The capabilities that the store does not offer; cases that require one of them are left out (default: none). */
  readonly without?: readonly StoreCapability[];
}

const everyCase: readonly ConformanceCase[] = [
  ...generalCases,
  ...findCases,
  ...createCases,
  ...updateRefusalCases,
  ...updateCases,
  ...tokenCases,
  ...touchCases,
  ...destroyCases,
  ...resurrectionCases,
  ...raceCases,
  ...byUserCases,
  ...destroyOneCases,
  ...sweepCases,
  ...textCases,
  ...isolationCases,
];

/**
 * The rules of the {@link SessionStore} port, as cases that any test runner can run.
 *
 * Every case makes records of its own, with random ids and users, and removes them again, so that the store may hold
 * other data. Run them one after another, in any order. Time is passed in; the sweep cases play in 1971, when nothing that
 * lives today had expired. Whatever else sweeps the same rows at the same time (an application, a second run of the suite)
 * would take records of these cases away, so give each run a schema or a prefix of its own.
 *
 * @param options.without The capabilities that the store does not offer (default: none). A case that requires a missing
 *   capability fails, so that one is never forgotten in silence.
 * @returns The cases; each fails by throwing an `Error` that says what was expected and what came.
 *
 * @example
 * for (const { name, run } of storeConformance()) {
 *   test(name, () => run({ store: myStore(client) }))
 * }
 */
export function storeConformance({ without = [] }: ConformanceOptions = {}): readonly ConformanceCase[] {
  return everyCase.filter(({ requires = [] }) => !requires.some((capability) => without.includes(capability)));
}
