import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSessionClient, SessionClientError } from "../../src/client/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { idle, newVisitor, openSite, type Site, type Visitor } from "./site.ts";

let site: Site;
let visitor: Visitor;

beforeEach(async () => {
  site = await openSite();
  visitor = newVisitor();
});
afterEach(() => site.stop());

const connect = (options = {}) => createSessionClient({ basePath: site.basePath, fetch: visitor.fetch, ...options });

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error("It was not refused.");
    },
    (error) => error as SessionClientError,
  );

describe("The client asks the server", () => {
  it("who is signed in, and gets the public view", async () => {
    const view = site.signIn(visitor);
    expect(await connect().getSession()).toEqual(view);
  });

  it("and gets null for a visitor who is not signed in", async () => {
    expect(await connect().getSession()).toBeNull();
  });

  it("to sign out, and the session is over", async () => {
    site.signIn(visitor);
    expect(await connect().signOut()).toBe(1);
    expect(site.view(visitor)).toBeNull();
  });

  it("to sign out everywhere, and learns how many sessions ended", async () => {
    const elsewhere = newVisitor();
    site.signIn(elsewhere);
    site.signIn(visitor);
    expect(await connect().signOut({ everywhere: true })).toBe(2);
    expect(site.view(elsewhere)).toBeNull();
  });

  it("for the devices, and ends one, and then the others", async () => {
    const [phone, tablet] = [newVisitor(), newVisitor()];
    const { id } = site.signIn(phone);
    site.signIn(tablet);
    site.signIn(visitor);
    const client = connect();
    expect((await client.devices()).map((device) => device.isCurrent)).toEqual([false, false, true]);
    expect(await client.revoke(id)).toBe(true);
    expect(await client.revoke(id)).toBe(false);
    expect(await client.revokeOthers()).toBe(1);
    expect(await client.devices()).toHaveLength(1);
  });

  it("to move the idle deadline, and gets the new one", async () => {
    site.signIn(visitor);
    site.clock.advance("20m");
    expect(await connect().touch()).toMatchObject({ idleExpiresAt: site.clock.now() + idle });
  });

  it("to stop impersonating, for a token against cross-site requests, and for an action of the application", async () => {
    site.signIn(visitor);
    const client = connect();
    expect(await client.stopImpersonating()).toMatchObject({ userId: "admin" });
    expect(await client.csrfToken("pay & go")).toBe("token for pay & go");
    expect(await client.action("rename", { name: "Ada" })).toEqual({ was: { name: "Ada" } });
  });

  it("in passing, and says so, where it is told that nobody is at work", async () => {
    await connect().getSession();
    expect(site.passive).toEqual([]);
    await connect().getSession({ passive: true });
    expect(site.passive).toEqual(["GET "]);
  });
});

describe("The client does not take a failure for a sign-out", () => {
  it("when the store does not answer", async () => {
    site.signIn(visitor);
    site.fail(503);
    const error = await refusal(connect().getSession());
    expect(error).toBeInstanceOf(SessionClientError);
    expect(error).toMatchObject({ status: 503, error: "temporarily_unavailable" });
  });

  it("when there is no server", async () => {
    const { basePath } = site;
    await site.stop();
    expect(await refusal(connect({ basePath }).getSession())).toMatchObject({ status: 0, error: "network" });
  });

  it("when the server does not answer in time", async () => {
    const release = site.hold();
    expect(await refusal(connect({ timeout: 20 }).getSession())).toMatchObject({ status: 0, error: "network" });
    release();
  });

  it("when a proxy answers with a page of its own", async () => {
    site.fail(200, "<p>Please wait.</p>");
    expect(await refusal(connect().getSession())).toMatchObject({ status: 200, error: "unexpected_answer" });
    site.fail(502, "<p>Bad gateway</p>");
    expect(await refusal(connect().signOut())).toMatchObject({ status: 502, error: "unexpected_answer" });
  });

  it("and names what the server refused", async () => {
    expect(await refusal(connect().devices())).toMatchObject({ status: 401, error: "unauthenticated" });
    site.signIn(visitor);
    expect(await refusal(connect().revoke(1 as never))).toMatchObject({ status: 400, error: "invalid_input" });
    expect(await refusal(connect().action("no such action"))).toMatchObject({ status: 404, error: "not_found" });
  });

  it("nor a null body of a failing server for anything", async () => {
    site.fail(500, "null");
    expect(await refusal(connect().getSession())).toMatchObject({ status: 500, error: "unexpected_answer" });
  });
});

describe("The client's clock", () => {
  it("is the machine's until the server has answered, and the server's from then on", async () => {
    const runtime = fakeRuntime({ now: 5_000 });
    const client = connect({ runtime });
    expect(client.now()).toBe(5_000);
    await client.getSession();
    expect(client.now()).toBe(site.clock.now());
    runtime.advance("1m");
    expect(client.now()).toBe(site.clock.now() + 60_000);
  });

  it("stays as it was when an answer bears no time", async () => {
    const runtime = fakeRuntime({ now: 5_000 });
    const bare: typeof fetch = async () => Response.json(null);
    const client = connect({ runtime, fetch: bare });
    await client.getSession();
    expect(client.now()).toBe(5_000);
  });

  it("refuses a time limit that is none", () => {
    expect(() => connect({ timeout: "soon" })).toThrow("timeout is not a duration");
  });
});

it("Nothing of the client holds the cookie: requests go out with the credentials of the page's own origin", async () => {
  const sent: RequestInit[] = [];
  const spy: typeof fetch = async (_, init) => {
    sent.push(init ?? {});
    return Response.json(null);
  };
  const client = connect({ fetch: spy });
  await client.getSession();
  await client.touch();
  expect(sent.map((init) => new Request("http://localhost", init).credentials)).toEqual(["same-origin", "same-origin"]);
});
