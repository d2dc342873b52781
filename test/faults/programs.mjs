import { killedPrimary, movedSlots } from "./programs/cluster.mjs";
import { flood } from "./programs/flood.mjs";
import { killedStore } from "./programs/killed-store.mjs";
import { lateStart } from "./programs/late-start.mjs";
import { lostAnswers } from "./programs/lost-answers.mjs";
import { faultNames, network } from "./programs/network.mjs";
import { faultStores } from "./stores.mjs";

const shortly = { timeLimit: 300, longestCalm: 100, longestFault: 600 };
const fully = { timeLimit: 2_000, longestCalm: 1_000, longestFault: 4_000 };

/**
 * Every fault program: what it says, its settings for `npm run prove` and for `npm test`, and the broken builds under which
 * it must fail, each with what it takes to show that. Those `ofCluster` run on a cluster, the others on a single server.
 * Times are in milliseconds.
 */
export const faultPrograms = {
  "killed-store": {
    what: "G8 G12 the store is killed with -9 under load: nothing acknowledged is lost, nobody is signed out",
    run: killedStore,
    unit: "kills",
    prove: { ...fully, figure: 20, visitors: 32 },
    test: { ...shortly, timeLimit: 1_000, figure: 2 },
    broken: {
      outageIsAbsence: {},
      acknowledgesFirst: {},
      clearsCookie: {},
      neverComesBack: { giveUpAfter: 2_000 },
    },
  },
  network: {
    what: "F11 G1 G8 the network fails in every way: no answer to another's question, nothing lost, nothing twice",
    run: network,
    unit: "faults",
    prove: { ...fully, figure: 60, visitors: 1_000, think: 6_000 },
    test: { ...shortly, figure: faultNames.length, visitors: 40, think: 20 },
    broken: {
      noTimeLimit: { only: "blackHole", figure: 1, patience: 1_500, giveUpAfter: 3_000 },
      repeatsChanges: { only: "resetMidAnswer", figure: 3, visitors: 16 },
      mixesAnswers: { only: "refuse", figure: 2, visitors: 16, longestCalm: 800 },
    },
  },
  "exhausted-pool": {
    what: "G8 64 requests at once on 2 connections that are slow: each is answered, in time or with a 503",
    run: network,
    unit: "times",
    prove: { ...fully, figure: 10, visitors: 64, think: 0, connections: 2, only: "delay" },
    test: { ...shortly, figure: 1, visitors: 64, think: 0, connections: 2, only: "delay" },
    broken: {},
  },
  flood: {
    what: "G8 requests keep coming while the store answers nothing: a bounded number waits, in bounded memory",
    run: flood,
    unit: "requests",
    prove: { ...fully, figure: 20_000, atOnce: 1_000, pendingLimit: 500, patience: 20_000 },
    test: { ...shortly, figure: 1_500, atOnce: 500, pendingLimit: 250, patience: 20_000 },
    broken: { noTimeLimit: { patience: 2_000, giveUpAfter: 1_000, figure: 200, atOnce: 100 } },
  },
  "lost-answers": {
    what: "G8 a change of the token is carried out and its answer lost: one token is valid, and the visitor holds it",
    run: lostAnswers,
    unit: "answers",
    prove: { figure: 400, timeLimit: 2_000 },
    test: { figure: 12, timeLimit: 2_000 },
    broken: { rotatesAnew: {} },
  },
  "late-start": {
    what: "G8 the application starts before its store",
    run: lateStart,
    unit: "starts",
    prove: { figure: 10, timeLimit: 2_000 },
    test: { figure: 1, timeLimit: 2_000 },
    broken: {},
  },
  "killed-primary": {
    what: "G12 a primary whose replica is behind is killed with -9 under load: nothing acknowledged is lost",
    run: killedPrimary,
    unit: "kills",
    prove: { ...fully, figure: 20, visitors: 64, think: 20, longestFault: 2_000 },
    test: { ...shortly, timeLimit: 1_000, figure: 1, visitors: 16 },
    broken: { doesNotWait: { figure: 2, visitors: 32 } },
    ofCluster: true,
  },
  "moved-slots": {
    what: "G1 slots move from one primary to another under load: nothing is lost, nobody is refused",
    run: movedSlots,
    unit: "moves",
    prove: { ...fully, figure: 20, visitors: 256, think: 50, slots: 2_000 },
    test: { ...shortly, timeLimit: 1_000, figure: 1, visitors: 64, slots: 600 },
    broken: {},
    ofCluster: true,
  },
};

/** The programs that run on a store, for `"prove"` or `"test"`, by their names. */
export function programsOf(store, scale) {
  const { isCluster = false, without = [], brief } = faultStores[store];
  const names = Object.keys(faultPrograms).filter((name) => Boolean(faultPrograms[name].ofCluster) === isCluster);
  const chosen = names.filter((name) => !without.includes(name));
  return scale === "test" && brief ? chosen.filter((name) => brief.includes(name)) : chosen;
}

/**
 * Runs a fault program on a store, broken on purpose where so told.
 *
 * @param {string} name
 * @param {{ dist: string, store: string, scale: "prove" | "test", seed?: number, broken?: string }} order
 */
export async function runFault(name, { scale, seed = 1, broken, ...place }) {
  const program = faultPrograms[name];
  const settings = { ...program[scale], ...(broken && program.broken[broken]) };
  return (await program.run({ ...place, ...settings, seed, broken })).report();
}
