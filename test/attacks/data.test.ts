import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { world } from "../support/world.ts";

type Answer = { value: unknown } | { issues: { message: string }[] };

/** A schema by hand, since what is tried here is what validators are free to do. */
const schema = (validate: (value: unknown) => Answer) => ({
  "~standard": { version: 1 as const, vendor: "test", validate },
});
const misfit = { issues: [{ message: "no" }] };
const numberSchema = schema((value) => (typeof value === "number" ? { value } : misfit));

/** Stores one value without schemas, as another version of the application would have. */
async function stored(store: SessionStore, data: Record<string, unknown>): Promise<string> {
  return (await world({ store }).sessions.create({ data })).token;
}

describe("stored data and the application's functions", () => {
  it("G3 a default that a schema shares out is nobody's in common: update changes a copy", async () => {
    const shared: string[] = [];
    const cart = schema((value) =>
      Array.isArray(value) ? { value } : value === undefined ? misfit : { value: shared },
    );
    const store = memoryStore();
    const [token, other] = [await stored(store, { cart: "old" }), await stored(store, { cart: "old" })];
    const here = world({ store, data: { cart } });
    const [one, two] = [await here.sessions.validate(token), await here.sessions.validate(other)];
    await one?.update("cart", (items) => [(items as string[]).push("mine"), items][1]);
    expect([one?.data, two?.data]).toEqual([{ cart: ["mine"] }, { cart: [] }]);
    expect([shared, Object.isFrozen(shared)]).toEqual([[], false]);
  });

  it("G13 a stored key that is the name of a property of every object is a key like any other", async () => {
    const store = memoryStore();
    const token = await stored(store, { constructor: 1 });
    const session = await world({ store, data: { a: numberSchema } }).sessions.validate(token);
    expect(await session?.pluck("constructor")).toBeUndefined();
  });

  it("G15 update, pluck and keep report a stored value that no longer fits", async () => {
    const store = memoryStore();
    const token = await stored(store, { a: "old", b: "old", c: "old" });
    const here = world({ store, data: { a: numberSchema, b: numberSchema, c: numberSchema }, keep: ["c"] });
    const session = await here.sessions.validate(token);
    await session?.update("a", (value) => ((value as number | undefined) ?? 0) + 1);
    await session?.pluck("b");
    await session?.signIn("u1");
    const keys = here.events.flatMap((event) => (event.type === "data-discarded" ? [event.key] : []));
    expect(keys).toEqual(["a", "b", "c"]);
  });

  it("data that two requests have grown beyond the limit can still be taken away", async () => {
    const here = world();
    const { token } = await here.sessions.create({ data: { flash: "x" } });
    const [one, other] = await Promise.all([here.sessions.validate(token), here.sessions.validate(token)]);
    await one?.set({ a: "x".repeat(40_000) });
    await other?.set({ b: "x".repeat(40_000) });
    const session = await here.sessions.validate(token);
    expect(await session?.pluck("flash")).toBe("x");
    await expect(session?.set({ c: 1 })).rejects.toMatchObject({ code: "DATA_TOO_LARGE" });
    await session?.set({ a: undefined });
    await session?.set({ c: 1 });
  });

  it("promises where none are taken are refused, and what they reject with is nobody's uncaught error", async () => {
    const uncaught: unknown[] = [];
    const note = (error: unknown) => uncaught.push(error);
    process.on("unhandledRejection", note);
    const here = world({ onEvent: (() => Promise.reject(new Error("listener"))) as never });
    const { session } = await here.sessions.create({ data: { a: 1 } });
    const keep = { a: () => Promise.reject(new Error("merge")) };
    await expect(session.signIn("u1", { keep })).rejects.toMatchObject({ code: "DATA_INVALID" });
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off("unhandledRejection", note);
    expect(uncaught).toEqual([]);
  });

  it("a wrong argument is not reported as a failure of the store", async () => {
    const here = world();
    await expect(here.sessions.list("")).rejects.toMatchObject({ code: "DATA_INVALID" });
    await expect(here.sessions.revokeUser("")).rejects.toMatchObject({ code: "DATA_INVALID" });
    expect(here.events).toEqual([]);
  });
});
