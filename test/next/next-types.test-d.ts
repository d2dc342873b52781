// Types that must be inferred, and calls that must not compile. Checked by `npm run check`; never run.
import type { IncomingMessage, ServerResponse } from "node:http";
import { type NextRequest, NextResponse } from "next/server.js";
import { z } from "zod";
import { nextSessions } from "../../src/adapters/next/index.ts";
import { memoryStore } from "../../src/index.ts";

declare const request: NextRequest;
declare const req: IncomingMessage;
declare const res: ServerResponse;

const { auth, getSession, openSession, createAuthSession, destroySession, requireUser, withSession, handlers } =
  nextSessions({
    store: memoryStore(),
    data: { cart: z.array(z.string()).default([]), step: z.number() },
    user: async (userId) => ({ id: userId, name: "Ada" }),
    extend: { greeting: (session) => `Hello ${session.user?.name}` },
    signInPath: "/enter",
  });

const session = await getSession();
const name: string | undefined = session.user?.name;
const cart: readonly string[] = session.data.cart;
const greeting: string = session.greeting;
// @ts-expect-error: a session that was got, not opened, has no mutators.
await session.set({ step: 1 });
// @ts-expect-error: nobody may be signed in.
const anyone: string = session.userId;

const user = await requireUser({ freshFor: "10m" });
const userId: string = user.userId;
const signedIn = await auth(req, res);
// @ts-expect-error: auth() may be null.
signedIn.userId;

const open = await openSession({ req, res });
await open.update("cart", (lines) => [...lines, "apple"]);
// @ts-expect-error: no such key.
await open.set({ unknown: 1 });

await createAuthSession("ada", { persistent: false });
await createAuthSession(request, "ada");
await createAuthSession(req, res, "ada", { device: "a laptop" });
// @ts-expect-error: whom?
await createAuthSession();
await destroySession({ req, res });

export const proxy = withSession(async (at) => {
  await at.session.set({ step: at.nextUrl.pathname.length });
  return NextResponse.next();
});
await proxy(request, { waitUntil() {} });

export const GET = withSession(async (at, { params }: { params: Promise<{ id: string }> }) =>
  Response.json([(await params).id, at.session.data.step]),
);
await GET(request, { params: Promise.resolve({ id: "1" }) });
// @ts-expect-error: the route has parameters.
await GET(request, {});

interface Context {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly query: object;
}
export const getServerSideProps = withSession(async (context: Context & { session: typeof open }) => ({
  props: { step: context.session.data.step, query: context.query },
}));
const page: { props: { step: number | undefined } } | { redirect: { destination: string } } = await getServerSideProps({
  req,
  res,
  query: {},
});

export const api = withSession(async (_: IncomingMessage, answer: ServerResponse) => void answer.end());
await api(req, res);

const answer: Response = await handlers.POST(request);
export const unused = [name, cart, greeting, anyone, userId, page, answer];
