import { firstTouch } from "./programs/first-touch.mjs";
import { concurrentRequests, distinctKeys, increments } from "./programs/lost-writes.mjs";
import { oneSuccessor } from "./programs/one-successor.mjs";
import { resurrection } from "./programs/resurrection.mjs";
import { revokeUser } from "./programs/revoke-user.mjs";
import { slowRequests } from "./programs/slow-requests.mjs";

/**
 * Every race: what it says, the figure that `npm run prove` asks for and the one that `npm test` has time for, and the
 * broken stores under which it must fail. Programs that choose the order of store calls themselves need no disk.
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
    broken: ["expectationsIgnored", "lastWriteWins"],
  },
  resurrection: {
    what: "L8 an ended session stays dead, whatever is in flight",
    run: resurrection,
    unit: "schedules",
    prove: 100_000,
    test: 400,
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
    prove: 1_000,
    test: 3,
    medium: "memory",
    broken: ["staleIndex"],
  },
  "one-successor": {
    what: "F8 64 rotations of one token: one successor, nobody signed out",
    run: oneSuccessor,
    unit: "rounds",
    prove: 1_000,
    test: 10,
    broken: ["anyTokenRotates"],
  },
  "first-touch": {
    what: "L22 256 requests past the threshold: one touch is written",
    run: firstTouch,
    unit: "rounds",
    prove: 1_000,
    test: 5,
    broken: ["everyTouchWrites"],
  },
};

/**
 * Runs one race on a crew, on a store of its own, broken on purpose where so told.
 *
 * @param {import("./crew.mjs").Crew} crew
 * @param {string} name
 * @param {{ figure: number, seed?: number, broken?: string }} order
 */
export async function runRace(crew, name, { figure, seed = 1, broken }) {
  const { run, medium } = races[name];
  await crew.open({ broken, medium });
  return (await run(crew, { figure, seed })).report();
}
