import { describe, expect, test } from "vitest";
import type { SessionStore } from "../../src/store/port.ts";
import { isExpired } from "../../src/store/record.ts";
import { aroundStore } from "../../src/testing/around-store.ts";
import { storeConformance } from "../../src/testing/index.ts";
import { gap } from "./broken/broken-store.ts";
import { brokenStores } from "./broken-stores.ts";
import { type Rows, referenceStore } from "./reference-store.ts";

const suite = storeConformance();

describe("the reference store keeps every rule", () => {
  const store = referenceStore();
  for (const { name, run } of suite) test(name, () => run({ store }));
});

describe("a store that answers in later turns keeps every rule", () => {
  const rows = new Map();
  const [store, peer] = [inLaterTurns(referenceStore({}, rows)), inLaterTurns(referenceStore({}, rows))];
  for (const { name, run } of suite) test(name, () => run({ store, peer, now: 1_700_000_000_000 }));
});

describe("a store that lets records expire by the real clock keeps every rule but those of sweep", () => {
  const rows: Rows = new Map();
  const { sweep: _, ...right } = referenceStore({}, rows);
  const forget = () => {
    for (const row of [...rows.values()]) if (isExpired(row, Date.now())) rows.delete(row.id);
  };
  const store = doingBefore(right, forget);
  for (const { name, run } of storeConformance({ without: ["sweep"] })) test(name, () => run({ store }));
});

/** For each broken store the names of the cases it fails, with what they said. */
const matrix = await Promise.all(
  brokenStores.map(async ({ fault, group, make }) => ({ fault, group, failures: await failuresOf(make()) })),
);

describe("a broken store fails in the group of its fault", () => {
  test.each(matrix)("$group: $fault", ({ group, failures }) => {
    expect(groupsOf(failures)).toContain(group);
  });
});

describe("every case finds a broken store of its own group", () => {
  test.each(suite)("$name", ({ name, group }) => {
    const found = matrix.filter(({ failures }) => failures.has(name));
    expect(found.map((store) => store.group)).toContain(group);
  });
});

describe("the suite itself", () => {
  test("has a name for each case, and no name twice", () => {
    expect(new Set(suite.map(({ name }) => name)).size).toBe(suite.length);
    expect(suite.length).toBeGreaterThan(100);
  });

  test("leaves nothing behind in the store", async () => {
    const rows: Rows = new Map();
    for (const { run } of suite) await run({ store: referenceStore({}, rows) });
    expect(rows.size).toBe(0);
  });

  test("harms nothing that others keep in the store", async () => {
    const rows: Rows = new Map();
    const now = Date.now();
    const expired = { id: "theirs", userId: "somebody", idleExpiresAt: now - 1, expiresAt: now - 1 };
    const instants = { createdAt: 1, lastSeenAt: 1, authenticatedAt: 1, previousGraceEndsAt: null };
    const rest = { digest: "d", previousDigest: null, data: { a: "1" }, device: null, actor: null };
    const theirs = { ...instants, ...rest, ...expired, persistent: true, generation: 1, version: 1 };
    rows.set("theirs", theirs);
    for (const { run } of suite) await run({ store: referenceStore({}, rows) });
    expect([...rows.values()]).toEqual([theirs]);
  });

  test("leaves out the cases that require what a store does not offer", async () => {
    const { byUser: _, sweep: __, ...store } = referenceStore();
    const rest = storeConformance({ without: ["byUser", "sweep"] });
    for (const { run } of rest) await run({ store });
    expect(rest.length).toBeLessThan(suite.length);
  });

  test("says so where a capability is missing that was not left out", async () => {
    const { sweep: _, ...store } = referenceStore();
    const [first] = suite.filter(({ group }) => group === "sweep");
    await expect(first?.run({ store })).rejects.toThrow('needs "sweep", which the store "reference" does not have');
  });

  test("says what was expected and what came", async () => {
    const store = referenceStore({ isOver: () => false });
    const [first] = suite.filter(({ name }) => name === "update: at the idle deadline a record is missing");
    await expect(first?.run({ store })).rejects.toThrow('expected "missing", but got "updated"');
  });
});

async function failuresOf(store: SessionStore): Promise<Map<string, string>> {
  const failures = new Map<string, string>();
  for (const { name, run } of suite) {
    await run({ store }).catch((error: unknown) => failures.set(name, String(error)));
  }
  return failures;
}

function groupsOf(failures: Map<string, string>): string[] {
  return [...new Set(suite.filter(({ name }) => failures.has(name)).map(({ group }) => group))];
}

/** Does something before each call. */
function doingBefore(store: SessionStore, before: () => void): SessionStore {
  return aroundStore(store, (_call, proceed) => {
    before();
    return proceed();
  });
}

function inLaterTurns(store: SessionStore): SessionStore {
  return aroundStore(store, async (_call, proceed) => {
    await gap();
    return proceed();
  });
}
