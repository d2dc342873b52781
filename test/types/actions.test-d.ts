// Actions whose types must be inferred, and those that must not compile. Checked by `npm run check`; never run.
import { z } from "zod";
import { nextSessions } from "../../src/adapters/next/index.ts";
import { createSessions, type DeviceSession, type InferActions, memoryStore } from "../../src/index.ts";

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

const machines = createSessions({
  store,
  user: async (userId) => ({ id: userId, name: "Ada" }),
  extend: { greeting: (session) => `Hello ${session.user?.name}` },
  apiKeys: { scopes: ["orders:read"] },
  actions: {
    refund: {
      auth: { secret: process.env.REFUND_SECRET },
      input: rename,
      handler: (context) => {
        is<Equal<typeof context.input, { name: string; age: number }>>();
        is<Equal<keyof typeof context, "input" | "request">>();
        // @ts-expect-error a machine has no session
        return context.session;
      },
    },
    rotated: { auth: { secret: ["one", "two"] }, handler: ({ request }) => request.url },
    orders: {
      method: "GET",
      auth: { apiKey: { scopes: ["orders:read"] } },
      handler: ({ session }) => {
        is<Equal<typeof session.kind, "device">>();
        is<Equal<typeof session.greeting, string>>();
        is<Equal<typeof session.userId, string>>();
        is<Equal<typeof session.user, { id: string; name: string }>>();
        // @ts-expect-error a script's session changes nothing
        void session.set;
        return { scopes: session.scopes };
      },
    },
    any: { auth: { apiKey: true }, handler: ({ session }) => session.kind },
    fresh: { auth: { freshFor: "10m" }, handler: ({ session }) => session.rotate() },
    user: { handler: async ({ session }) => (await session.issueApiKey({ name: "a" })).key },
  },
});

is<Equal<InferActions<typeof machines>["rotated"]["output"], string>>();
is<Equal<InferActions<typeof machines>["refund"]["input"], { name: string; age: string }>>();
is<Equal<InferActions<typeof machines>["orders"]["output"], { scopes: readonly string[] }>>();
is<Equal<InferActions<typeof machines>["orders"]["method"], "GET">>();
is<Equal<InferActions<typeof machines>["any"]["output"], "device">>();
is<Equal<InferActions<typeof machines>["user"]["output"], string>>();

declare const authenticated: Awaited<ReturnType<typeof machines.authenticate>>;
is<Equal<NonNullable<typeof authenticated>["greeting"], string>>();
declare const plain: DeviceSession<{
  data: object;
  input: object;
  user: null;
  extensions: object;
  view: unknown;
  identity: object;
}>;
is<Equal<typeof plain.scopes, readonly string[]>>();

// @ts-expect-error a secret that is no text
createSessions({ store, actions: { a: { auth: { secret: 4711 }, handler: () => 1 } } });

createSessions({
  store,
  actions: {
    open: {
      auth: "nobody",
      handler({ request, ...more }) {
        // @ts-expect-error there is no session
        void more.session;
        return request.url;
      },
    },
  },
});
