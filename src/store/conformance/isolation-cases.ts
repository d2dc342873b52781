import { type CaseBody, cases } from "./case.ts";
import { equal, sameRecord } from "./check.ts";
import { byUserOf } from "./scene.ts";

const rules: Record<string, CaseBody> = {
  "changing what find gave changes nothing stored": async ({ stored, find }) => {
    const record = await stored({ data: { a: "1" } });
    spoil(await find(record.id));
    sameRecord("the record found again", await find(record.id), record);
  },

  "changing what update gave changes nothing stored": async ({ store, at, stored, find }) => {
    const record = await stored({ data: { a: "1" } });
    const result = await store.update(record.id, { set: { b: "2" } }, at);
    spoil(result.outcome === "updated" ? result.record : null);
    sameRecord("the record found", await find(record.id), { ...record, data: { a: "1", b: "2" }, version: 2 });
  },

  "changing the change afterwards changes nothing stored": async ({ store, at, stored, find }) => {
    const record = await stored();
    const set = { a: "1" };
    const change = { clear: true as const, set, fields: { device: "x" } };
    await store.update(record.id, change, at);
    set.a = "spoilt";
    change.fields.device = "spoilt";
    sameRecord("the record found", await find(record.id), { ...record, data: { a: "1" }, device: "x", version: 2 });
  },

  "a record given out earlier does not follow later changes": async ({ stored, find, outcome }) => {
    const { id } = await stored({ data: { a: "1" } });
    const earlier = await find(id);
    await outcome(id, { set: { a: "2", b: "3" }, fields: { device: "x" } });
    equal("the data given out earlier", earlier?.data, { a: "1" });
    equal("the device given out earlier", earlier?.device, null);
  },
};

const ofUsers: Record<string, CaseBody> = {
  "changing what list gave changes nothing stored": async (scene) => {
    const record = await scene.stored({ userId: scene.freshUser(), data: { a: "1" } });
    const list = await byUserOf(scene).list(record.userId ?? "", scene.at);
    spoil(list[0]);
    attempt(() => (list as unknown[]).pop());
    const [again] = await byUserOf(scene).list(record.userId ?? "", scene.at);
    sameRecord("the record listed again", again, record);
  },
};

/** Writes over a record as a careless caller would. A frozen one may well throw. */
function spoil(record: object | null | undefined): void {
  const { data } = (record ?? {}) as { data?: Record<string, string> };
  attempt(() => Object.assign(data ?? {}, { a: "spoilt", c: "spoilt" }));
  attempt(() => Object.assign(record ?? {}, { digest: "spoilt", data: {} }));
}

function attempt(action: () => unknown): void {
  try {
    action();
  } catch {
    // Frozen: just as good.
  }
}

export const isolationCases = [...cases("isolation", rules), ...cases("isolation", ofUsers, ["byUser"])];
