import { type CaseBody, cases } from "./case.ts";
import { equal, fail, sameRecord, tally } from "./check.ts";
import { atOnce, day, hour, rotation, type Scene } from "./scene.ts";

const data: Record<string, CaseBody> = {
  "64 sets of different keys all survive": async ({ hand, at, stored, find }) => {
    const record = await stored({ data: { first: "1" } });
    await atOnce(64, (turn) => hand(turn).update(record.id, { set: { [`key${turn}`]: `${turn}` } }, at));
    const keys = Array.from({ length: 64 }, (_, turn) => [`key${turn}`, `${turn}`]);
    const expected = { ...record, data: { first: "1", ...Object.fromEntries(keys) }, version: 65 };
    sameRecord("the record afterwards", await find(record.id), expected);
  },

  "64 sets and removes of different keys undo nothing of each other": async ({ hand, at, stored, find }) => {
    const keys = Array.from({ length: 32 }, (_, turn) => [`old${turn}`, "1"]);
    const record = await stored({ data: Object.fromEntries(keys) });
    await atOnce(64, (turn) => hand(turn).update(record.id, setOrRemove(turn), at));
    const left = Object.keys((await find(record.id))?.data ?? {});
    equal("how many old keys are left", left.filter((key) => key.startsWith("old")).length, 0);
    equal("how many new keys are there", left.filter((key) => key.startsWith("new")).length, 32);
  },

  "64 compare-and-set increments with retries lose nothing": async (scene) => {
    const { id } = await scene.stored({ data: { count: "0" } });
    await atOnce(16, async (turn) => {
      for (let round = 0; round < 4; round++) await increment(scene, id, turn);
    });
    equal("the count afterwards", (await scene.find(id))?.data.count, "64");
  },

  "of 32 updates that expect the same text one is made": async (scene) => {
    const record = await scene.stored({ data: { a: "1" } });
    await oneWins(scene, record.id, "1");
  },

  "of 32 updates that expect a key to be absent one is made": async (scene) => {
    const record = await scene.stored();
    await oneWins(scene, record.id, null);
  },

  "changes of 32 sessions at once do not mix": async ({ hand, at, stored, find }) => {
    const records = await atOnce(32, (turn) => stored({ data: { own: `${turn}` } }));
    await atOnce(32, (turn) => hand(turn).update(records[turn]?.id ?? "", { set: { also: `${turn}` } }, at));
    for (const [turn, { id }] of records.entries()) {
      equal("the data of one of them", (await find(id))?.data, { own: `${turn}`, also: `${turn}` });
    }
  },
};

const identity: Record<string, CaseBody> = {
  "of 32 creates of one id one wins": async ({ hand, freshId, record, find }) => {
    const id = freshId();
    const answers = await atOnce(32, (turn) => hand(turn).create(record({ id, data: { turn: `${turn}` } })));
    equal("the answers", tally(answers), { created: 1, exists: 31 });
    equal("whose record was stored", (await find(id))?.data, { turn: `${answers.indexOf("created")}` });
  },

  "of 32 token changes from one digest one wins": async ({ hand, at, stored, find, freshDigest }) => {
    const record = await stored();
    const digests = Array.from({ length: 32 }, freshDigest);
    const answers = await atOnce(32, async (turn) => {
      const change = rotation(record.digest, digests[turn] ?? "", at + hour);
      return (await hand(turn).update(record.id, change, at)).outcome;
    });
    equal("the outcomes", tally(answers), { updated: 1, conflict: 31 });
    const winner = { digest: digests[answers.indexOf("updated")] ?? "", previousDigest: record.digest };
    sameRecord("the record", await find(record.id), {
      ...record,
      ...winner,
      previousGraceEndsAt: at + hour,
      version: 2,
    });
  },

  "one token change sent 16 times at once is made once": async ({ hand, at, stored, find, freshDigest }) => {
    const record = await stored();
    const change = { ...rotation(record.digest, freshDigest(), at), generation: 1, raiseGeneration: true as const };
    const answers = await atOnce(16, async (turn) => (await hand(turn).update(record.id, change, at)).outcome);
    equal("the outcomes", tally(answers), { updated: 16 });
    const { version, generation } = (await find(record.id)) ?? {};
    equal("version and generation", { version, generation }, { version: 2, generation: 2 });
  },

  "of 16 sign-ins from one generation one wins, and the others are replaced": async (scene) => {
    const record = await scene.stored();
    const answers = await atOnce(16, async (turn) => {
      const change = rotation(record.digest, scene.freshDigest(), scene.at);
      const signIn = { ...change, generation: 1, raiseGeneration: true as const, fields: { userId: `user${turn}` } };
      return (await scene.hand(turn).update(record.id, signIn, scene.at)).outcome;
    });
    equal("the outcomes", tally(answers), { updated: 1, replaced: 15 });
    equal("who is signed in", (await scene.find(record.id))?.userId, `user${answers.indexOf("updated")}`);
  },

  "writes of the generation before a sign-in never land after it": async ({ hand, at, stored, find }) => {
    const record = await stored();
    await atOnce(33, (turn) => {
      const signIn = { generation: 1, raiseGeneration: true as const, clear: true as const, set: { signedIn: "1" } };
      const change = turn === 16 ? signIn : { generation: 1, set: { [`key${turn}`]: "1" } };
      return hand(turn).update(record.id, change, at);
    });
    equal("the data after the sign-in", (await find(record.id))?.data, { signedIn: "1" });
  },

  "of 64 touches past one threshold one writes": async ({ hand, at, stored, find }) => {
    const record = await stored();
    const answers = await atOnce(64, (turn) => {
      const touch = { lastSeenAt: at + hour + turn, idleExpiresAt: at + 8 * day + turn, ifSeenBefore: at + hour };
      return hand(turn).update(record.id, { touch }, at + hour);
    });
    const after = await find(record.id);
    equal("whether the record was touched", (after?.lastSeenAt ?? 0) >= at + hour, true);
    const seen = answers.map((answer) => (answer.outcome === "updated" ? answer.record.lastSeenAt : answer.outcome));
    equal("the last-seen instants answered", new Set(seen).size === 1 ? seen[0] : seen, after?.lastSeenAt);
  },

  "of 16 destroys of one record one destroys": async ({ hand, stored }) => {
    const { id } = await stored();
    const answers = await atOnce(16, (turn) => hand(turn).destroy(id));
    equal("the answers", tally(answers), { destroyed: 1, missing: 15 });
  },
};

function setOrRemove(turn: number) {
  return turn % 2 === 0 ? { set: { [`new${turn}`]: "1" } } : { remove: [`old${(turn - 1) / 2}`] };
}

async function oneWins({ hand, at, find }: Scene, id: string, expected: string | null): Promise<void> {
  const answers = await atOnce(32, async (turn) => {
    const change = { expect: { a: expected }, set: { a: `won by ${turn}` } };
    return (await hand(turn).update(id, change, at)).outcome;
  });
  equal("the outcomes", tally(answers), { updated: 1, conflict: 31 });
  equal("the text afterwards", (await find(id))?.data.a, `won by ${answers.indexOf("updated")}`);
}

// Whenever one writer meets a conflict another has won, so that 64 increments need no more than 64 tries each.
async function increment({ hand, at, find }: Scene, id: string, turn: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const count = (await find(id))?.data.count ?? "0";
    const change = { expect: { count }, set: { count: `${Number(count) + 1}` } };
    if ((await hand(turn).update(id, change, at)).outcome === "updated") return;
  }
  fail("an increment", "to be made within 200 tries", "conflicts only");
}

export const raceCases = cases("races", { ...data, ...identity });
