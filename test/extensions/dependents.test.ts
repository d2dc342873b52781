import { expect, it } from "vitest";
import { z } from "zod";
import { createSessions, defineExtension, memoryStore } from "../../src/index.ts";

/** A counter with data of its own, one that reads it, one that reads that one, and one that reads neither. */
function chainOfExtensions() {
  const made: string[] = [];
  const note = (name: string) => made.push(name);
  const counter = defineExtension({
    name: "counter",
    data: { count: z.number().default(0) },
    resolve(_session, context) {
      note("counter");
      return {
        add: () => context.update("count", (count) => count + 1),
        reset: () => context.set({ count: undefined }),
        spoil: () => context.set({ count: "many" as never }),
        get count() {
          return context.data.count;
        },
      };
    },
  });
  const double = defineExtension({
    name: "double",
    needs: [counter],
    async resolve(session) {
      note("double");
      return session.counter.count * 2;
    },
  });
  const text = defineExtension({
    name: "text",
    needs: [double],
    async resolve(session) {
      note("text");
      return `${await session.double}`;
    },
  });
  const other = defineExtension({ name: "other", resolve: () => note("other") });
  const sessions = createSessions({ store: memoryStore(), extend: { counter, double, text, other } });
  return { sessions, made };
}

it("A change of an extension's own data makes those anew that need it, directly or not, and no other", async () => {
  const { sessions, made } = chainOfExtensions();
  const { session } = await sessions.create();
  const read = async () => [await session.text, session.other];
  const before = await read();
  await session.counter.add();
  expect(made).toEqual(["text", "double", "counter", "other"]);
  expect(await read()).toEqual(["2", before[1]]);
  expect(made.slice(4)).toEqual(["text", "double"]);
  await session.counter.reset();
  expect(await session.text).toBe("0");
  expect(made.slice(6)).toEqual(["text", "double"]);
});

it("A change that was refused makes nothing anew", async () => {
  const { sessions, made } = chainOfExtensions();
  const { session } = await sessions.create();
  await session.text;
  await expect(session.counter.spoil()).rejects.toMatchObject({ code: "DATA_INVALID" });
  await session.text;
  expect(made).toEqual(["text", "double", "counter"]);
});

it("Extensions that need one another are refused, and nothing else happens", () => {
  const one = { name: "one", needs: [{ name: "two" }], resolve: () => 1 };
  const two = { name: "two", needs: [{ name: "one" }, { name: "two" }], resolve: () => 2 };
  expect(() => createSessions({ store: memoryStore(), extend: { one, two } })).toThrow(/none can need one another/);
});
