import { describe, expect, it } from "vitest";
import { withSession } from "../../src/adapters/web.ts";
import { Browser, world } from "../support/world.ts";

const origin = "https://shop.example";
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  new Request(origin + path, {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin", ...headers },
    body: new URLSearchParams(fields),
  });

describe("a magic link", () => {
  const here = world();
  const enter = withSession(here.sessions, async (request, session) => {
    if (request.method === "GET") return new Response("<form method=post>…</form>"); // what a mail scanner opens, too
    const form = await request.formData();
    const entry = await here.sessions.redeemTicket<{ userId: string }>("sign-in", form.get("ticket"));
    if (entry === null) return new Response("used or too old", { status: 410 });
    await session.signIn(entry.userId);
    return new Response(session.userId);
  });

  it("X9 signs in by the POST of the page that the link opens, once, and not by opening it", async () => {
    const ticket = await here.sessions.issueTicket("sign-in", { userId: "ann" }, "15m");
    for (let scan = 0; scan < 3; scan++) {
      const shown = await enter(new Request(`${origin}/enter?ticket=${ticket}`));
      expect([shown.status, shown.headers.getSetCookie()]).toEqual([200, []]);
    }
    const signedIn = await enter(post("/enter", { ticket }));
    expect([signedIn.status, await signedIn.text()]).toEqual([200, "ann"]);
    expect(signedIn.headers.getSetCookie()).toHaveLength(1);
    expect((await enter(post("/enter", { ticket }))).status).toBe(410);
  });

  it("X8 is not redeemed by the page of another site", async () => {
    const ticket = await here.sessions.issueTicket("sign-in", { userId: "mallory" }, "15m");
    expect((await enter(post("/enter", { ticket }, { "sec-fetch-site": "cross-site" }))).status).toBe(403);
    expect(await here.sessions.redeemTicket("sign-in", ticket)).not.toBeNull();
  });
});

describe("the opening of a WebSocket", () => {
  it("is let in by a ticket of the session, once, and not when it is signed out", async () => {
    const { sessions } = world();
    const { token, session } = await sessions.create({ userId: "ann" });
    const ticketFor = () => sessions.issueTicket("socket", { userId: "ann" }, "30s", { session: session.id });
    const upgrade = async (url: string) => {
      const entry = await sessions.redeemTicket<{ userId: string }>("socket", new URL(url).searchParams.get("ticket"));
      return entry?.userId ?? null;
    };
    const url = `wss://live.example/?ticket=${await ticketFor()}`;
    expect(await upgrade(url)).toBe("ann");
    expect(await upgrade(url)).toBeNull();
    const late = `wss://live.example/?ticket=${await ticketFor()}`;
    await (await sessions.validate(token))?.destroy();
    expect(await upgrade(late)).toBeNull();
  });
});

describe("a session that goes on in another domain", () => {
  it("X8 goes to the browser that asked for it, and to no other", async () => {
    const shop = world();
    const there = world({ store: shop.sessions.policy.store }); // the other domain shares the store
    const [mine, victims] = [new Browser(there), new Browser(there)];
    const begin = (browser: Browser) =>
      browser.visit(async (session) => {
        const state = crypto.randomUUID();
        await session.set({ handoff: state });
        return state;
      });
    const arrive = (browser: Browser, ticket: string) =>
      browser.visit(async (session) => {
        const asked = await session.pluck("handoff");
        const entry = await there.sessions.redeemTicket<{ userId: string; state: string }>("handoff", ticket);
        if (entry === null || asked === undefined || entry.state !== asked) return null;
        await session.signIn(entry.userId);
        return session.userId;
      });
    const issue = async (state: string) => {
      const { session } = await shop.sessions.create({ userId: "ann" });
      return shop.sessions.issueTicket("handoff", { userId: "ann", state }, "30s", { session: session.id });
    };
    expect(await arrive(mine, await issue(await begin(mine)))).toBe("ann");
    await begin(victims);
    expect(await arrive(victims, await issue("the attacker's own state"))).toBeNull();
  });
});
