// Types that must be inferred, and calls that must not compile. Checked by `npm run check`; never run.
import { z } from "zod";
import { authFacade, authjs, authStorage, type CourseBuilderViewer } from "../../src/adapters/authjs/index.ts";
import { nextSessions } from "../../src/adapters/next/index.ts";
import { createSessions, type InferSession, type InferView, memoryStore } from "../../src/index.ts";

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
const is = <Expected extends true>(): Expected => true as Expected;
type IsAny<Type> = 0 extends 1 & Type ? true : false;

// biome-ignore lint/suspicious/noExplicitAny: as Auth.js declares it
declare const auth: (...args: any[]) => any;
declare function findViewer(userId: string | null): Promise<CourseBuilderViewer & { readonly plan: string }>;

const shop = nextSessions({
  store: memoryStore(),
  data: { cart: z.array(z.string()).default([]) },
  identity: authjs(auth),
  user: async (id) => ({ id, name: "Ada" }),
  extend: { viewer: ({ userId }) => findViewer(userId) },
  actions: { greet: { method: "GET", handler: ({ session }) => session.user?.name ?? "nobody" } },
});

/** R-A1 with identity: everything is inferred, nothing is `any`, and what may be missing says so. */
export async function inferred(): Promise<void> {
  const session = await shop.requireUser();
  is<Equal<typeof session.userId, string>>();
  is<Equal<typeof session.user, { id: string; name: string }>>();
  is<Equal<typeof session.data.cart, string[]>>();
  is<Equal<typeof session.authenticatedAt, number>>();
  is<Equal<typeof session.id, string | null>>();
  is<Equal<typeof session.createdAt, number | null>>();
  is<Equal<typeof session.expiresAt, number | null>>();
  is<Equal<typeof session.version, number | null>>();
  is<Equal<IsAny<typeof session>, false>>();
  is<Equal<IsAny<(typeof session)[keyof typeof session]>, false>>();
  const { plan } = await session.viewer;
  is<Equal<typeof plan, string>>();
  const found = await shop.auth();
  is<Equal<NonNullable<typeof found>["id"], string | null>>();
  // @ts-expect-error there may be no record, and no id
  await shop.sessions.revoke(session.id);
  type View = InferView<typeof shop.sessions>;
  is<Equal<View["userId"], string>>();
  is<Equal<View["id"], string | null>>();
  const open = await shop.openSession();
  await open.update("cart", (cart) => [...cart, "a"]);
  is<Equal<IsAny<typeof open>, false>>();
}

/** Without identity whoever is signed in has a record, and so has a view. */
export async function ofOurOwn(): Promise<void> {
  const own = nextSessions({ store: memoryStore() });
  const session = await own.requireUser();
  is<Equal<typeof session.id, string>>();
  is<Equal<typeof session.expiresAt, number>>();
  is<Equal<InferView<typeof own.sessions>["id"], string>>();
  await own.sessions.revoke(session.id);
}

/** A configuration that may have one is treated as one that has. */
export async function perhaps(isBeside: boolean): Promise<void> {
  const either = nextSessions({ store: memoryStore(), identity: isBeside ? authjs(auth) : undefined });
  const session = await either.requireUser();
  is<Equal<typeof session.id, string | null>>();
  const inline = createSessions({
    store: memoryStore(),
    identity: ({ header }) => ({ userId: header("x-user") ?? "" }),
  });
  is<Equal<IsAny<InferSession<typeof inline>>, false>>();
  // @ts-expect-error a user has an id
  createSessions({ store: memoryStore(), identity: () => ({ name: "Ada" }) });
}

/** What Course Builder asks of whoever signs its users in, as far as it can be told by types. */
interface Facade {
  getCurrentViewer(): Promise<CourseBuilderViewer | null>;
  requireViewer(): Promise<CourseBuilderViewer>;
}

/** What it asks of whatever keeps that state. Every method may be missing. */
interface Storage {
  createSession?(session: Kept): Kept | PromiseLike<Kept>;
  getSessionAndUser?(token: string): PromiseLike<{ session: Kept; user: User } | null>;
  updateSession?(change: Partial<Kept> & Pick<Kept, "sessionToken">): PromiseLike<Kept | null | undefined>;
  // biome-ignore lint/suspicious/noConfusingVoidType: some have nothing to answer
  deleteSession?(token: string): PromiseLike<void | Kept | null | undefined>;
  useVerificationToken?(asked: { identifier: string; token: string }): Promise<Invitation | null>;
  deleteUser?(userId: string): PromiseLike<User | null | undefined>;
}

interface Kept {
  sessionToken: string;
  userId: string;
  expires: Date;
}

interface User {
  id: string;
  email: string;
  emailVerified: Date | null;
}

interface Invitation {
  identifier: string;
  token: string;
  expires: Date;
}

declare const database: {
  getUser(id: string): Promise<User | null>;
  getUserByEmail(email: string): Promise<User | null>;
  createSession(session: Kept): Promise<Kept>;
  useVerificationToken(asked: { identifier: string; token: string }): Promise<Invitation | null>;
  deleteUser(id: string): Promise<User | null>;
};

/** R-A10: both fit, from `nextSessions` as it is, and lose nothing of the application's own types. */
export async function forCourseBuilder(): Promise<void> {
  const facade = authFacade(shop, (session) => session.viewer);
  facade satisfies Facade;
  const viewer = await facade.requireViewer();
  is<Equal<typeof viewer.plan, string>>();
  is<Equal<IsAny<typeof viewer>, false>>();
  const storage = authStorage(shop.sessions, database);
  storage satisfies Storage;
  const found = await storage.getSessionAndUser("token");
  is<Equal<NonNullable<typeof found>["user"], User>>();
  // @ts-expect-error users are kept elsewhere
  storage.getUserByEmail;
  // @ts-expect-error no viewer
  authFacade(shop, (session) => ({ user: session.user }));
}
