import type { RecordChange } from "../../../src/store/port.ts";
import type { SessionRecord } from "../../../src/store/record.ts";
import { applied, asksForMoreThanTouch, type Decisions, ownText, right, type Verdict } from "../reference-store.ts";
import { decidesWrongly, worksWrongly } from "./broken-store.ts";

/** The rules asked in another order. */
function inOrder(...verdicts: Exclude<Verdict, "apply">[]): Partial<Decisions> {
  return {
    judge: (record, change, now, decide) =>
      verdicts.find((each) => holds(each, record, change, now, decide)) ?? "apply",
  };
}

function holds(verdict: Verdict, record: SessionRecord, change: RecordChange, now: number, decide: Decisions): boolean {
  if (verdict === "missing") return decide.isOver(record, now);
  if (verdict === "repeated") return decide.isRepeated(record, change);
  if (verdict === "replaced") return decide.isReplaced(record, change.generation);
  return decide.isOtherDigest(record, change) || decide.failsExpectations(record, change, decide);
}

const normalised = (text: string | null | undefined) => text?.normalize("NFC").trim().toLowerCase() ?? null;

export const brokenUpdates = [
  ...worksWrongly("update", {
    "brings a missing record into being": (store, rows) => ({
      update(id, change, now) {
        if (!rows.has(id)) rows.set(id, newRecord(id, now));
        return store.update(id, change, now);
      },
    }),
    "answers with the record before the change": (store, rows) => ({
      async update(id, change, now) {
        const before = rows.get(id);
        const result = await store.update(id, change, now);
        return result.outcome === "updated" && before ? { outcome: "updated", record: before } : result;
      },
    }),
    "writes before it looks at the expectations": (store, rows) => ({
      update(id, change, now) {
        const [before, result] = [rows.get(id), store.update(id, change, now)];
        if (before && "outcome" in result && result.outcome === "conflict") rows.set(id, applied(before, change));
        return result;
      },
    }),
    "answers missing where nothing is to be changed": (store) => ({
      update: (id, change, now) =>
        change.touch || asksForMoreThanTouch(change) ? store.update(id, change, now) : { outcome: "missing" },
    }),
  }),
  ...decidesWrongly("update", {
    "ignores expiry": { isOver: () => false },
    "lets a record live at its deadline": {
      isOver: (record, now) => now > record.idleExpiresAt || now > record.expiresAt,
    },
    "looks at the absolute deadline only": { isOver: (record, now) => now >= record.expiresAt },
    "ends a record a millisecond early": { isOver: (record, now) => right.isOver(record, now + 1) },
    "asks for expiry last": inOrder("repeated", "replaced", "conflict", "missing"),
    "asks for conflicts before the generation": inOrder("missing", "repeated", "conflict", "replaced"),
    "ignores the generation": { isReplaced: () => false },
    "lets later generations through": {
      isReplaced: (record, generation) => generation !== undefined && generation < record.generation,
    },
    "takes generation 0 for none": {
      isReplaced: (record, generation) => !!generation && generation !== record.generation,
    },
    "insists on a generation": { isReplaced: (record, generation) => generation !== record.generation },
    "ignores the digest a token change is from": { isOtherDigest: () => false },
    "lets a token change start from the previous digest": {
      isOtherDigest: (record, change) =>
        right.isOtherDigest(record, change) && record.previousDigest !== change.token?.from,
    },
    "ignores expectations": { failsExpectations: () => false },
    "ignores expectations of absence": { isExpected: (stored, expected) => expected === null || stored === expected },
    "lets any expectation pass where the key is absent": {
      isExpected: (stored, expected) => stored === undefined || stored === expected,
    },
    "compares texts as a lenient collation does": {
      isExpected: (stored, expected) => normalised(stored) === normalised(expected),
    },
    "takes absence for an empty text": { isExpected: (stored, expected) => (stored ?? "") === (expected ?? "") },
    "looks at the first expectation only": {
      failsExpectations: ({ data }, { expect = {} }, decide) =>
        Object.entries(expect)
          .slice(0, 1)
          .some(([key, text]) => !decide.isExpected(ownText(data, key), text)),
    },
    "compares expectations after its own changes": {
      failsExpectations: (record, change, decide) =>
        right.failsExpectations({ ...record, data: right.nextData(record, change) }, change, decide),
    },
    "replaces all data by what is set": { nextData: (record, { set }) => ({ ...(set ?? record.data) }) },
    "ignores remove": { nextData: (record, { remove: _, ...change }) => right.nextData(record, change) },
    "ignores clear": { nextData: (record, { clear: _, ...change }) => right.nextData(record, change) },
    "sets before it clears": { nextData: (record, change) => (change.clear ? {} : right.nextData(record, change)) },
    "sets before it removes": {
      nextData: (record, change) => {
        const next = Object.entries(right.nextData(record, change));
        return Object.fromEntries(next.filter(([key]) => !change.remove?.includes(key)));
      },
    },
    "ignores fields": { nextFields: () => ({}) },
    "keeps the old value where a field is set to null": {
      nextFields: (_record, { fields = {} }) =>
        Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)),
    },
    "empties the fields that are not mentioned": {
      nextFields: (_record, { fields }) => (fields ? { userId: null, device: null, actor: null, ...fields } : {}),
    },
    "never raises version": { nextVersion: (record) => record.version },
    "raises version for data only": { nextVersion: (record, { set }) => record.version + (set ? 1 : 0) },
    "raises version once for each part": {
      nextVersion: (record, { set, fields, token }) => record.version + [set, fields, token].filter(Boolean).length,
    },
    "ignores raiseGeneration": { nextGeneration: (record) => record.generation },
    "raises the generation with every write": { nextGeneration: (record) => record.generation + 1 },
  }),
  ...decidesWrongly("token", {
    "forgets the digest before": { nextToken: (_record, { token }) => (token ? { digest: token.to } : {}) },
    "keeps the very first digest as the previous one": {
      nextToken: (record, change) => ({
        ...right.nextToken(record, change),
        previousDigest: record.previousDigest ?? change.token?.from ?? null,
      }),
    },
    "counts a token change as activity": {
      nextToken: (record, change) => ({
        ...right.nextToken(record, change),
        ...(change.token ? { idleExpiresAt: record.expiresAt } : {}),
      }),
    },
    "does not recognise a token change tried again": { isRepeated: () => false },
    "looks at the generation before it recognises a repetition": inOrder("missing", "replaced", "repeated", "conflict"),
    "looks at expectations before it recognises a repetition": {
      judge: (record, change, now, decide) => {
        const verdict = right.judge(record, change, now, decide);
        return verdict === "repeated" && decide.failsExpectations(record, change, decide) ? "conflict" : verdict;
      },
    },
    "applies the rest of a token change again": {
      judge: (record, change, now, decide) => {
        const verdict = right.judge(record, change, now, decide);
        return verdict === "repeated" ? "apply" : verdict;
      },
    },
    "recognises a repetition by the previous digest too": {
      isRepeated: (record, change) =>
        right.isRepeated(record, change) || (!!change.token && record.previousDigest === change.token.to),
    },
  }),
  ...decidesWrongly("touch", {
    "ignores touch": { nextTouch: () => ({}) },
    "touches whenever asked": { isTouchDue: () => true },
    "touches at the threshold too": { isTouchDue: (record, touch) => record.lastSeenAt <= touch.ifSeenBefore },
    "raises version with a touch": { nextVersion: (record) => record.version + 1 },
    "raises version with a touch that is due": {
      nextVersion: (record, change) =>
        right.nextVersion(record, change) + (change.touch && right.isTouchDue(record, change.touch) ? 1 : 0),
    },
    "calls a touch that is not due a conflict": {
      judge: (record, change, now, decide) => {
        const verdict = right.judge(record, change, now, decide);
        return verdict === "apply" && change.touch && !right.isTouchDue(record, change.touch) ? "conflict" : verdict;
      },
    },
    "drops the rest of a change whose touch is not due": {
      nextData: (record, change) =>
        change.touch && !right.isTouchDue(record, change.touch) ? { ...record.data } : right.nextData(record, change),
    },
    "lets a touch pass in any generation": {
      judge: (record, change, now, decide) => {
        const verdict = right.judge(record, change, now, decide);
        return verdict === "replaced" && change.touch ? "apply" : verdict;
      },
    },
    "lets a touch revive an expired record": {
      judge: (record, change, now, decide) => {
        const verdict = right.judge(record, change, now, decide);
        return verdict === "missing" && change.touch ? "apply" : verdict;
      },
    },
    "notes the visit of a touch but not its new deadline": {
      nextTouch: (record, change) =>
        right.nextTouch(record, change, right).lastSeenAt === undefined
          ? {}
          : { lastSeenAt: change.touch?.lastSeenAt ?? 0 },
    },
  }),
];

function newRecord(id: string, now: number): SessionRecord {
  const blank = {
    previousDigest: null,
    previousGraceEndsAt: null,
    userId: null,
    device: null,
    actor: null,
    authenticatedAt: null,
  };
  const instants = { createdAt: now, lastSeenAt: now, idleExpiresAt: now + 1e9, expiresAt: now + 1e9 };
  return { id, digest: "", data: {}, persistent: false, generation: 1, version: 0, ...blank, ...instants };
}
