import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeJson } from "../../src/core/json.ts";
import { isSessionError, memoryStore, type SessionRecord, safeReturnTo } from "../../src/index.ts";
import { world } from "../support/world.ts";

const seed = 20_260_101;

describe("G13 hostile input is boring", () => {
  it("A1 any text as a token is a value, not an error", async () => {
    const here = world();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 200 }), async (text) => {
        expect(await here.sessions.validate(text)).toBeNull();
        expect(await here.sessions.revoke(text)).toBe(false);
      }),
      { seed, numRuns: 2_000 },
    );
    expect(here.store.total()).toBe(0);
  });

  it("T7 every flipped bit of a token is refused", async () => {
    const here = world();
    const { token } = await here.sessions.create({ userId: "u1" });
    for (let bit = 0; bit < token.length * 8; bit++) {
      const bytes = Buffer.from(token, "latin1");
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await here.sessions.validate(bytes.toString("latin1"))).toBeNull();
    }
  });

  it("D3 JSON values come back equal; everything else is refused with its path", async () => {
    const here = world();
    const { session } = await here.sessions.create();
    await fc.assert(
      fc.asyncProperty(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withTypedArray: true,
          withSparseArray: true,
          withNullPrototype: true,
          withBoxedValues: true,
        }),
        async (value) => {
          try {
            const text = encodeJson(value, "data.x");
            expect(JSON.parse(text)).toEqual(value);
            await session.set({ x: value === undefined ? null : value });
          } catch (error) {
            expect(isSessionError(error, "DATA_INVALID", "DATA_TOO_LARGE")).toBe(true);
            expect((error as Error).message).toContain("data.x");
          }
          expect(({} as Record<string, unknown>).polluted).toBeUndefined();
        },
      ),
      { seed, numRuns: 3_000 },
    );
  });

  const refused: Array<[string, unknown, string]> = [
    ["a Date", { when: new Date(0) }, "data.x.when is an instance of Date"],
    ["a BigInt", [1n], "data.x[0] is a bigint"],
    ["NaN", { a: [{ b: Number.NaN }] }, "data.x.a[0].b is NaN"],
    ["undefined in an array", [undefined], "data.x[0] is undefined"],
    ["a hole", Object.assign([1], { 2: 3 }), "data.x is an array with holes"],
    ["a Map", new Map(), "data.x is an instance of Map"],
    ["a class instance", new (class Cart {})(), "data.x is an instance of Cart"],
    ["a function", { run: () => 1 }, "data.x.run is a function"],
    ["a symbol key", { [Symbol("s")]: 1 }, "data.x has a symbol as a key"],
    ["__proto__", JSON.parse('{"__proto__":{"polluted":1}}'), 'data.x has the key "__proto__"'],
  ];
  for (const [name, value, message] of refused) {
    it(`D3 refuses ${name} with its path, and stores nothing`, async () => {
      const here = world();
      const { session } = await here.sessions.create({ data: { x: 1 } });
      await expect(session.set({ x: value, y: 2 })).rejects.toMatchObject({
        code: "DATA_INVALID",
        message: expect.stringContaining(message),
      });
      expect(session.data).toEqual({ x: 1 });
    });
  }

  it("keeps -0, lone surrogates, NUL, and a property that is undefined as an absent one", async () => {
    const { session } = await world().sessions.create();
    const value = { zero: -0, text: "\ud800\u0000é😀", list: [null, true, { "": "" }] };
    await session.set({ x: { ...value, gone: undefined } });
    expect(session.data.x).toStrictEqual(value);
  });

  it("D4 A4 limits depth to 32, keys to 1,024, bytes to 64 KiB, without a stack overflow", async () => {
    const { session } = await world().sessions.create();
    const nested = (depth: number) => {
      let value: unknown = 1;
      for (let level = 0; level < depth; level++) value = [value];
      return value;
    };
    const wide = (keys: number) => Object.fromEntries(Array.from({ length: keys }, (_, index) => [`k${index}`, 1]));
    const cycle: unknown[] = [];
    cycle.push(cycle);
    await session.set({ x: nested(32) });
    await session.replace(wide(1_024));
    await session.replace({ x: wide(1_024) });
    await session.replace({ x: "a".repeat(65_536 - '{"x":""}'.length) });
    const tooMuch = [
      { x: nested(33) },
      { x: nested(100_000) },
      { x: cycle },
      wide(1_025),
      { x: wide(1_025) },
      { x: "a".repeat(65_529) },
      { x: "é".repeat(32_765) },
    ];
    for (const data of tooMuch) await expect(session.replace(data)).rejects.toMatchObject({ code: "DATA_TOO_LARGE" });
    expect((session.data.x as string).length).toBe(65_528);
  });

  it("D2 __proto__ as a key of the data is refused and reaches no prototype", async () => {
    const { session } = await world().sessions.create();
    await expect(session.set(JSON.parse('{"__proto__":{"polluted":1}}'))).rejects.toMatchObject({
      code: "DATA_INVALID",
    });
    await session.set({ constructor: { prototype: 1 }, prototype: 2 });
    expect(session.data.constructor).toEqual({ prototype: 1 });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("D5 damaged rows, wrong texts and unknown shapes read as nothing, with an event", async () => {
    const store = memoryStore();
    let damage: (record: SessionRecord) => unknown = (record) => record;
    const here = world({
      store: { ...store, find: (ids, now) => store.find(ids, now).map((record) => record && damage(record)) as never },
    });
    const { token } = await here.sessions.create({ data: { good: 1, bad: 2 } });
    damage = ({ id }) => ({ id, corrupt: "not JSON" });
    expect(await here.sessions.validate(token)).toBeNull();
    damage = (record) => ({ ...record, data: { ...record.data, bad: "{" }, actor: "{", device: "{" });
    const session = await here.sessions.validate(token);
    expect([session?.data, session?.actor]).toEqual([{ good: 1 }, null]);
    expect(here.events.map(({ type }) => type)).toEqual(expect.arrayContaining(["rejected", "data-discarded"]));
  });

  it("X13 returnTo accepts paths of this site alone, and never throws", () => {
    const good = ["/", "/a/b?c=d&e=%2F#f", "/search?q=//x", "/ü".normalize() && "/%C3%BC"];
    for (const target of good) expect(safeReturnTo(target)).toBe(target);
    const evil = [
      "//evil.example",
      "/\\evil.example",
      "\\\\evil",
      "/%09/evil.example",
      "\t//evil",
      "javascript:alert(1)",
      "https:evil",
      "https://evil",
      "/%2Fevil",
      "/%5Cevil",
      "/\n/evil",
      "",
      "evil",
      "/a\\b",
      `/${"a".repeat(3_000)}`,
      null,
      undefined,
      1,
      {},
      ["/"],
      "/.//evil.example",
      "/..//evil.example",
    ];
    for (const target of evil) expect(safeReturnTo(target, "/home")).toBe("/home");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const target = safeReturnTo(text);
        expect(new URL(target, "https://shop.example").origin).toBe("https://shop.example");
      }),
      { seed, numRuns: 5_000 },
    );
  });
});
