// Actions whose types must be inferred, and those that must not compile. Checked by `npm run check`; never run.
import { z } from "zod";
import { nextSessions } from "../../src/adapters/next/index.ts";
import { createSessions, type InferActions, memoryStore } from "../../src/index.ts";

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
const is = <Expected extends true>(): Expected => true as Expected;

const store = memoryStore();
const rename = z.object({ name: z.string(), age: z.coerce.number<string>() });

const sessions = createSessions({
  store,
  data: { step: z.number().default(0) },
  user: async (userId) => ({ id: userId, name: "Ada" }),
  extend: { greeting: (session) => `Hello ${session.user?.name}` },
  actions: {
    rename: {
      method: "PUT",
      input: rename,
      handler: async ({ session, input, request }) => {
        is<Equal<typeof input, { name: string; age: number }>>();
        is<Equal<typeof session.greeting, string>>();
        await session.set({ step: input.age });
        // @ts-expect-error a key that is not configured
        await session.set({ stepp: 1 });
        return { name: input.name, step: session.data.step, url: request.url };
      },
    },
    ping: {
      auth: "anyone",
      handler: ({ input }) => {
        is<Equal<typeof input, undefined>>();
        return Math.random() > 2 ? new Response("no") : { pong: true };
      },
    },
    pay: { auth: { freshFor: "10m" }, method: "GET", handler: () => 1 },
  },
});

type Actions = InferActions<typeof sessions>;
is<Equal<keyof Actions, "rename" | "ping" | "pay">>();
is<Equal<Actions["rename"]["input"], { name: string; age: string }>>();
is<Equal<Actions["rename"]["output"], { name: string; step: number; url: string }>>();
is<Equal<Actions["rename"]["method"], "PUT">>();
is<Equal<Actions["ping"]["input"], undefined>>();
is<Equal<Actions["ping"]["output"], { pong: boolean }>>();
is<Equal<Actions["ping"]["method"], "POST">>();
is<Equal<Actions["pay"]["method"], "GET">>();

const next = nextSessions({ store, actions: { rename: { input: rename, handler: ({ input }) => input.age } } });
is<Equal<InferActions<typeof next.sessions>["rename"]["output"], number>>();
export const { GET, POST, PUT, PATCH, DELETE } = next.handlers;

is<Equal<keyof InferActions<ReturnType<typeof createSessions>>, never>>();

// @ts-expect-error a method that no action answers
createSessions({ store, actions: { a: { method: "HEAD", handler: () => 1 } } });
// @ts-expect-error an auth that is none
createSessions({ store, actions: { a: { auth: "admin", handler: () => 1 } } });
// @ts-expect-error no handler
createSessions({ store, actions: { a: {} } });
