// Types that must be inferred, and calls that must not compile. Checked by `npm run check`; never run.
import { z } from "zod";
import {
  createSessions,
  type InferSession,
  memoryStore,
  type ReadonlySession,
  type SessionTypes,
} from "../../src/index.ts";

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
const is = <Expected extends true>(): Expected => true as Expected;

const line = z.object({ lesson: z.string(), seats: z.number() });
interface User {
  readonly id: string;
  readonly name: string;
}
declare function findUser(id: string): Promise<User | null>;

const sessions = createSessions({
  store: memoryStore(),
  data: { cart: z.array(line).default([]), step: z.number(), coupon: z.string().nullable() },
  keep: ["cart"],
  user: (userId) => findUser(userId),
  extend: {
    greeting: (session) => `Hello ${session.user?.name ?? "stranger"}`,
    ability: {
      resolve: async (session) => ({ can: (verb: string) => verb === "read" && session.data.cart.length > 0 }),
    },
  },
});

type AppSession = InferSession<typeof sessions>;
type Cart = Array<{ lesson: string; seats: number }>;

export async function inferred(session: AppSession): Promise<void> {
  is<Equal<typeof session.data.cart, Cart>>();
  is<Equal<typeof session.data.step, number | undefined>>();
  is<Equal<typeof session.data.coupon, string | null | undefined>>();
  is<Equal<typeof session.user, User | null>>();
  is<Equal<typeof session.greeting, string>>();
  const ability = await session.ability;
  is<Equal<ReturnType<typeof ability.can>, boolean>>();
  is<Equal<typeof session.userId, string | null>>();

  await session.set({ step: 1, coupon: undefined });
  await session.set({ coupon: null });
  const cart = await session.update("cart", (present) => [...present, { lesson: "a", seats: 1 }]);
  is<Equal<typeof cart, Cart>>();
  const step = await session.pluck("step");
  is<Equal<typeof step, number | undefined>>();
  await session.signIn("u1", { persistent: false, keep: { cart: (anonymous, current) => anonymous ?? current } });
}

export async function refused(session: AppSession, readonly: ReadonlySession<SessionTypes>): Promise<void> {
  // @ts-expect-error a value of another type
  await session.set({ step: "1" });
  // @ts-expect-error a key that is not configured
  await session.set({ steps: 1 });
  // @ts-expect-error the function must return what the key holds
  await session.update("step", () => "1");
  // @ts-expect-error the user is bound by signIn alone
  session.userId = "u1";
  // @ts-expect-error data is changed through the mutators
  session.data.step = 2;
  // @ts-expect-error a read-only session has no mutators
  await readonly.set({});
  // @ts-expect-error nor can it sign in
  await readonly.signIn("u1");
  // @ts-expect-error no token is ever on a session
  void session.token;
}

export function refusedConfigurations(): void {
  const store = memoryStore();
  createSessions({ store, data: { cart: z.array(line) }, keep: ["cart"] });
  createSessions({ store, data: { cart: z.array(line) }, keep: { cart: (anonymous) => anonymous } });
  // @ts-expect-error a key that data does not have
  createSessions({ store, data: { cart: z.array(line) }, keep: ["crat"] });
  // @ts-expect-error the same, by function
  createSessions({ store, data: { cart: z.array(line) }, keep: { crat: (anonymous) => anonymous } });
}

export async function withoutSchemas(): Promise<void> {
  const open = createSessions({ store: memoryStore() });
  const { token, session } = await open.create({ userId: "u1", data: { anything: [1] } });
  is<Equal<typeof token, string>>();
  is<Equal<typeof session.data.anything, unknown>>();
  is<Equal<typeof session.user, null>>();
  await session.set({ whatever: { deep: true } });
  const issued = await session.signIn("u2");
  is<Equal<typeof issued, string>>();
}
