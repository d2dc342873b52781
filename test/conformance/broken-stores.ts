import { brokenEnds } from "./broken/broken-ends.ts";
import { brokenIndexes } from "./broken/broken-indexes.ts";
import { brokenOwnEnds } from "./broken/broken-own-ends.ts";
import { brokenReads } from "./broken/broken-reads.ts";
import type { BrokenStore } from "./broken/broken-store.ts";
import { brokenSweeps } from "./broken/broken-sweeps.ts";
import { brokenTexts } from "./broken/broken-texts.ts";
import { brokenUpdates } from "./broken/broken-updates.ts";

/** Every way of being wrong that the suite is known to find. */
export const brokenStores: readonly BrokenStore[] = [
  ...brokenReads,
  ...brokenUpdates,
  ...brokenEnds,
  ...brokenIndexes,
  ...brokenOwnEnds,
  ...brokenSweeps,
  ...brokenTexts,
];
