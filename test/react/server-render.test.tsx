// On a server: no window, no document, and many requests in one process.
import { type ReactNode, Suspense, use } from "react";
import { renderToReadableStream, renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { tabOf } from "../../src/react/browser-tab.ts";
import { SessionProvider, useDevices, useExpiry, useSession, useUser } from "../../src/react/index.ts";

const requests: unknown[] = [];

beforeEach(() => {
  requests.length = 0;
  vi.stubGlobal("fetch", async (address: unknown) => {
    requests.push(address);
    return Response.json(null);
  });
});
afterEach(() => void vi.unstubAllGlobals());

const session = (userId: string) => ({
  id: `id of ${userId}`,
  userId,
  authenticatedAt: 1,
  idleExpiresAt: 2,
  expiresAt: 3,
  version: 1,
});

function Page({ wait }: { wait?: Promise<void> }) {
  if (wait) use(wait);
  const { status, data } = useSession();
  const { remaining } = useExpiry();
  const { devices } = useDevices();
  return <p>{[status, data?.userId, useUser()?.id, remaining ?? "-", devices ?? "-"].join(" ")}</p>;
}

const page = (seed: ReturnType<typeof session> | null | undefined, child: ReactNode = <Page />) => (
  <SessionProvider session={seed}>
    <Suspense fallback="waiting">{child}</Suspense>
  </SessionProvider>
);

it("The first page has the session in it: no flash", () => {
  expect(renderToString(page(session("u1")))).toContain("authenticated u1 u1 - -");
  expect(renderToString(page(null))).toContain("anonymous");
  expect(renderToString(page(undefined))).toContain("loading");
});

it("Two renders at once show each its own session, also where one waits for the other", async () => {
  let goOn = () => {};
  const wait = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const first = await renderToReadableStream(page(session("alice"), <Page wait={wait} />));
  const second = await renderToReadableStream(page(session("bob")));
  const bob = await new Response(second).text();
  const none = renderToString(page(undefined));
  goOn();
  const alice = await new Response(first).text();
  expect(alice).toContain("authenticated alice alice");
  expect(alice).not.toContain("bob");
  expect(bob).toContain("authenticated bob bob");
  expect(bob).not.toContain("alice");
  expect(none).toContain("loading");
});

it("A server keeps nothing of what it rendered, and asks nothing", () => {
  renderToString(page(session("alice")));
  const { get, devices } = tabOf("/api/session");
  expect(get()).toMatchObject({ status: "loading", data: undefined });
  expect(devices?.get()).toMatchObject({ devices: undefined });
  expect(requests).toEqual([]);
});
