import { deepStrictEqual } from "node:assert";
import { inspect } from "node:util";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createSessions, memoryStore } from "../../src/index.ts";
import { eventNames, world } from "../support/world.ts";

describe("G15 shape changes are survivable", () => {
  it("a stored value that no longer fits reads as its default, alone, with one event, and is replaced by the next write", async () => {
    const store = memoryStore();
    const old = world({ store, data: { cart: z.array(z.string()), step: z.number(), note: z.string() } });
    const { token } = await old.sessions.create({ data: { cart: ["a"], step: 2, note: "keep" } as never });
    const next = world({
      store,
      data: { cart: z.array(z.object({ id: z.string() })).default([]), step: z.string(), note: z.string() },
    });
    const session = await next.sessions.validate(token);
    expect(session?.data).toEqual({ cart: [], note: "keep" });
    expect(session?.data.cart).toEqual([]);
    expect(eventNames(next).filter((name) => name === "data-discarded:invalid")).toHaveLength(2);
    await session?.set({ cart: [{ id: "b" }] } as never);
    expect((await next.sessions.validate(token))?.data).toEqual({ cart: [{ id: "b" }], note: "keep" });
  });

  it("an older process keeps the keys that a newer one added", async () => {
    const store = memoryStore();
    const newer = world({ store, data: { cart: z.array(z.string()), wishes: z.array(z.string()) } });
    const { token } = await newer.sessions.create({ data: { cart: ["a"], wishes: ["w"] } as never });
    const older = world({ store, data: { cart: z.array(z.string()) } });
    await (await older.sessions.validate(token))?.set({ cart: ["b"] } as never);
    expect((await newer.sessions.validate(token))?.data).toEqual({ cart: ["b"], wishes: ["w"] });
  });

  const kinds = {
    zod: { step: z.number().default(1) },
    valibot: { step: v.optional(v.number(), 1) },
  };
  for (const [name, data] of Object.entries(kinds)) {
    it(`validates with ${name}: default, value, refusal`, async () => {
      const here = world({ data: data as never });
      const { session } = await here.sessions.create();
      expect(session.data).toEqual({ step: 1 });
      await session.set({ step: 2 } as never);
      expect(session.data).toEqual({ step: 2 });
      const error = await session.set({ step: "two" } as never).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: "DATA_INVALID", issues: [{ path: "data.step" }] });
      expect(Object.keys(error)).not.toContain("issues");
    });
  }

  it("validates with arktype, whose messages quote the value: the error does not", async () => {
    const here = world({ data: { step: type("number") } as never });
    const { session } = await here.sessions.create();
    await session.set({ step: 2 } as never);
    const error = await session.set({ step: "my secret" } as never).catch((thrown) => thrown);
    expect(error.code).toBe("DATA_INVALID");
    expect(error.message).not.toContain("my secret");
  });

  it("refuses at start-up a schema that is asynchronous, not one, or whose default is no JSON", () => {
    const make = (data: object) => () => createSessions({ store: memoryStore(), data: data as never });
    const asynchronous = {
      "~standard": { version: 1, vendor: "test", validate: async (value: unknown) => ({ value }) },
    };
    expect(make({ a: asynchronous })).toThrow(/asynchronous/);
    expect(make({ a: "string" })).toThrow(/not a Standard Schema/);
    expect(make({ a: z.date().default(new Date(0)) })).toThrow(/data\.a is an instance of Date/);
  });

  it("refuses a schema that turns out to be asynchronous when it meets a value", async () => {
    const here = world({ data: { a: z.string().refine(async () => true) } });
    const { session } = await here.sessions.create();
    await expect(session.set({ a: "x" })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("refuses a schema whose output it does not accept itself", async () => {
    const here = world({ data: { a: z.string().transform(Number) } as never });
    const { session } = await here.sessions.create();
    await expect(session.set({ a: "1" } as never)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("refuses keys that are not configured, but lets them be removed", async () => {
    const here = world({ data: { a: z.string() } as never });
    const { session } = await here.sessions.create();
    await expect(session.set({ b: "1" } as never)).rejects.toMatchObject({
      code: "DATA_INVALID",
      hint: expect.stringContaining("a"),
    });
    await session.set({ b: undefined } as never);
  });

  it("R-C7 what is read is isolated and read-only; what update gets is a copy of its own", async () => {
    const here = world();
    const { token, session } = await here.sessions.create({ data: { cart: { items: ["a"] } } });
    const cart = session.data.cart as { items: string[] };
    expect(() => cart.items.push("b")).toThrow(TypeError);
    expect(() => Object.assign(session.data, { cart: 1 })).toThrow(TypeError);
    await session.update("cart", (value) => {
      (value as typeof cart).items.push("c");
      return value;
    });
    expect((await here.sessions.validate(token))?.data).toEqual({ cart: { items: ["a", "c"] } });
  });
});

describe("session.data", () => {
  it("looks like a plain object: equal, listed, spread, printed, serialised, passed on", async () => {
    const here = world({ data: { cart: z.array(z.string()).default([]), step: z.number(), note: z.string() } });
    const { session } = await here.sessions.create({ data: { step: 2 } as never });
    const { data } = session;
    expect(data).toEqual({ cart: [], step: 2 });
    expect(data).toStrictEqual({ cart: [], step: 2 });
    deepStrictEqual(data, { cart: [], step: 2 });
    expect(Object.keys(data)).toEqual(["cart", "step"]);
    expect({ ...data, step: 3 }).toEqual({ cart: [], step: 3 });
    expect(JSON.stringify(data)).toBe('{"cart":[],"step":2}');
    expect(inspect(data)).toBe("{ cart: [], step: 2 }");
    expect(["step" in data, "note" in data, Object.hasOwn(data, "cart"), Object.hasOwn(data, "note")]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(Object.getOwnPropertySymbols(data)).toEqual([]);
    expect(String(data)).toBe("[object Object]");
  });

  it("decodes and validates a key when it is first read, once", async () => {
    const validated: string[] = [];
    const watched = (key: string) => z.number().refine(() => validated.push(key) > 0);
    const here = world({ data: { a: watched("a"), b: watched("b") } });
    const { token } = await here.sessions.create({ data: { a: 1, b: 2 } as never });
    validated.length = 0;
    const session = await here.sessions.validate(token);
    expect([session?.data.a, session?.data.a]).toEqual([1, 1]);
    expect(validated).toEqual(["a"]);
  });
});
