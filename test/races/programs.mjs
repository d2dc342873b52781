import { dpopReplays } from "./programs/dpop-replays.mjs";
import { firstTouch } from "./programs/first-touch.mjs";
import { limit } from "./programs/limit.mjs";
import { concurrentRequests, distinctKeys, increments } from "./programs/lost-writes.mjs";
import { oneRedemption } from "./programs/one-redemption.mjs";
import { oneSuccessor } from "./programs/one-successor.mjs";
import { refresh } from "./programs/refresh.mjs";
import { resurrection } from "./programs/resurrection.mjs";
import { revokeUser } from "./programs/revoke-user.mjs";
import { slowRequests } from "./programs/slow-requests.mjs";
import { stores } from "./stores.mjs";

/**
 * Every race: what it says, the figure that `npm run prove` asks for and the one that `npm test` has time for, and the
 * broken stores under which it must fail. Over a network `remote` figures take their place, where they are given. Programs
 * that choose the order of store calls themselves need no disk, and some ask for fewer processes than a store could have.
 */
export const races = {
  "distinct-keys": {
    what: "F1 8 x 32 writers, a key each: every acknowledged write is seen",
    run: distinctKeys,
    unit: "writes",
    prove: 256_000,
    test: 2_560,
    broken: ["lastWriteWins", "notTransactional", "answersFromCopies"],
  },
  increments: {
    what: "F1 8 x 32 writers increment one key: the sum is exact",
    run: increments,
    unit: "increments",
    prove: 256_000,
    test: 2_560,
    broken: ["expectationsIgnored", "lastWriteWins", "notTransactional"],
  },
  "concurrent-requests": {
    what: "F1 64 concurrent requests: 64 keys, and a count of 64",
    run: concurrentRequests,
    unit: "rounds",
    prove: 1_000,
    test: 4,
    remote: { prove: 200 },
    broken: ["expectationsIgnored", "lastWriteWins"],
  },
  resurrection: {
    what: "L8 an ended session stays dead, whatever is in flight",
    run: resurrection,
    unit: "schedules",
    prove: 20_000,
    test: 400,
    processes: 2,
    medium: "memory",
    broken: ["upsert", "notTransactional"],
  },
  "slow-requests": {
    what: "L4 what began before a sign-in neither reads nor writes after it",
    run: slowRequests,
    unit: "schedules",
    prove: 20_000,
    test: 250,
    medium: "memory",
    broken: ["generationIgnored", "upsert"],
  },
  "revoke-user": {
    what: "L10 200 sign-ins while all sessions of the user are ended",
    run: revokeUser,
    unit: "rounds",
    prove: 200,
    test: 3,
    processes: 4,
    medium: "memory",
    broken: ["staleIndex"],
  },
  limit: {
    what: "L18 100 sign-ins at once under a limit of three: never more are alive, and the right ones",
    run: limit,
    unit: "rounds",
    prove: 50,
    test: 6,
    processes: 4,
    broken: ["lastWriteWins"],
  },
  "one-successor": {
    what: "F8 64 rotations of one token: one successor, nobody signed out",
    run: oneSuccessor,
    unit: "rounds",
    prove: 1_000,
    test: 10,
    remote: { prove: 200 },
    broken: ["anyTokenRotates"],
  },
  "one-redemption": {
    what: "G2 100 redemptions of one ticket: one is given its payload",
    run: oneRedemption,
    unit: "rounds",
    prove: 1_000,
    test: 10,
    processes: 4,
    remote: { prove: 200 },
    broken: ["alwaysDestroyed"],
  },
  "first-touch": {
    what: "L22 256 requests past the threshold: one touch is written",
    run: firstTouch,
    unit: "rounds",
    prove: 1_000,
    test: 5,
    remote: { prove: 200 },
    broken: ["everyTouchWrites"],
  },
  refresh: {
    what: "R1-R4 100 uses of one refresh token, a tenth of the answers lost: one successor, nobody signed out, every reuse found",
    run: refresh,
    unit: "rounds",
    prove: 500,
    test: 6,
    processes: 4,
    broken: ["expectationsIgnored", "lastWriteWins", "destroysNothing"],
  },
  "dpop-replays": {
    what: "J12 one proof of possession, presented 100 times at once by four processes: one is accepted",
    run: dpopReplays,
    unit: "rounds",
    prove: 200,
    test: 4,
    processes: 4,
    broken: ["createsAnew"],
  },
};

/** The figure of a race on a store, for `"prove"` or `"test"`. */
export function figureOf(name, store, scale) {
  const race = races[name];
  return (stores[store].isRemote && race.remote?.[scale]) || race[scale];
}

/**
 * Runs one race on a crew, on a store of its own, broken on purpose where so told.
 *
 * @param {import("./crew.mjs").Crew} crew
 * @param {string} name
 * @param {{ figure: number, seed?: number, broken?: string }} order
 */
export async function runRace(crew, name, { figure, seed = 1, broken }) {
  const { run, medium, processes } = races[name];
  await crew.open({ broken, medium, processes });
  return (await run(crew, { figure, seed })).report();
}
