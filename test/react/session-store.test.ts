import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually, newVisitor, openSite, type Site, type View, type Visitor } from "../client/site.ts";
import { nothing, openTabs, pass, type TabUnderTest } from "./tabs.ts";

let site: Site;
let visitor: Visitor;

beforeEach(async () => {
  site = await openSite();
  visitor = newVisitor();
});
afterEach(() => site.stop());

const shown = ({ store }: TabUnderTest) => store.get().data as View | null | undefined;
const requested = (count: number) => eventually(() => expect(site.requests).toHaveLength(count));

/** Opens tabs that were rendered with the visitor's session, and that somebody watches. */
function openSeeded(count = 1): TabUnderTest[] {
  const tabs = openTabs(site, visitor, count);
  for (const { store } of tabs) {
    store.offer(store.seed(site.view(visitor)), false);
    store.subscribe(nothing);
  }
  return tabs;
}

describe("A tab that knows nothing", () => {
  it("asks once, however many watch", async () => {
    site.signIn(visitor);
    const [tab] = openTabs(site, visitor) as [TabUnderTest];
    for (let watcher = 0; watcher < 500; watcher++) tab.store.subscribe(nothing);
    await eventually(() => expect(tab.store.get().status).toBe("authenticated"));
    expect(site.requests).toEqual(["GET "]);
    expect(site.passive).toEqual(["GET "]);
  });

  it("asks once while those who watch come and go before the answer, and not again after it", async () => {
    const release = site.hold();
    const [tab] = openTabs(site, visitor) as [TabUnderTest];
    for (let turn = 0; turn < 20; turn++) tab.store.subscribe(nothing)();
    await requested(1);
    tab.store.subscribe(nothing)();
    release();
    await eventually(() => expect(tab.store.get().status).toBe("anonymous"));
    tab.store.subscribe(nothing)();
    expect(site.requests).toHaveLength(1);
  });

  it("shows the failure of its first request, and does not storm the server with the next", async () => {
    site.fail(503);
    const [tab] = openTabs(site, visitor) as [TabUnderTest];
    tab.store.subscribe(nothing);
    await eventually(() => expect(tab.store.get()).toMatchObject({ status: "failed", error: { status: 503 } }));
    for (let turn = 0; turn < 20; turn++) tab.store.subscribe(nothing)();
    pass(site, [tab], "4s");
    tab.store.subscribe(nothing);
    expect(tab.store.get()).toMatchObject({ status: "failed", isStale: false });
    site.fail(null);
    pass(site, [tab], "1s");
    tab.store.subscribe(nothing);
    await eventually(() => expect(tab.store.get()).toMatchObject({ status: "anonymous", error: null }));
    expect(site.requests).toHaveLength(2);
  });
});

describe("A tab that was rendered with a session", () => {
  it("makes no request", () => {
    site.signIn(visitor);
    const [tab] = openSeeded() as [TabUnderTest];
    expect(shown(tab)).toEqual(site.view(visitor));
    expect(site.requests).toEqual([]);
  });

  it("shows a newer render without a request, and does not show an older one", () => {
    const old = site.signIn(visitor);
    const [{ store }] = openSeeded() as [TabUnderTest];
    const next = site.change(visitor, { userId: "u2" });
    store.offer(store.seed(next), true);
    expect(store.get().data).toEqual(next);
    store.offer(store.seed(old), true);
    expect(store.get().data).toEqual(next);
    expect(site.requests).toEqual([]);
  });

  it("asks who is right when a kept render shows somebody after a sign-out", async () => {
    const old = site.signIn(visitor);
    const [{ store }] = openSeeded() as [TabUnderTest];
    await store.get().signOut();
    store.offer(store.seed(old), false);
    expect(store.get().status).toBe("anonymous");
    await requested(2);
    expect(site.requests).toEqual(["POST /signout", "GET "]);
    expect(store.get().status).toBe("anonymous");
  });

  it("keeps what it knows when a request fails, and says that it may be out of date", async () => {
    site.signIn(visitor);
    const [tab] = openSeeded() as [TabUnderTest];
    site.fail(503);
    await tab.store.refresh();
    expect(tab.store.get()).toMatchObject({ status: "authenticated", isStale: true, error: { status: 503 } });
    site.fail(null);
    await tab.store.refresh();
    expect(tab.store.get()).toMatchObject({ status: "authenticated", isStale: false, error: null });
  });

  it("looks again at most every five seconds, and not where nobody watches", async () => {
    site.signIn(visitor);
    const [tab] = openSeeded() as [TabUnderTest];
    for (let turn = 0; turn < 5; turn++) tab.store.look();
    await requested(1);
    await tab.store.refresh();
    site.requests.length = 0;
    pass(site, [tab], "4999ms");
    tab.store.look();
    for (let trip = 0; trip < 3; trip++) await tab.requests.read("/csrf"); // whatever was sent before has arrived
    expect(site.requests).not.toContain("GET ");
    site.requests.length = 0;
    pass(site, [tab], 1);
    tab.store.look();
    await requested(1);
    const [unwatched] = openTabs(site, visitor) as [TabUnderTest];
    unwatched.store.look();
    expect(site.requests).toHaveLength(1);
  });
});

describe("An answer that is overtaken", () => {
  it("by a sign-out brings nobody back", async () => {
    site.signIn(visitor);
    const [{ store }] = openSeeded() as [TabUnderTest];
    const states: string[] = [];
    store.subscribe(() => states.push(store.get().status));
    const release = site.hold("GET ");
    const asked = store.refresh(); // reads the session before it ends, and hears of it after
    await requested(1);
    await store.get().signOut();
    release();
    await asked;
    expect(new Set(states)).toEqual(new Set(["anonymous"]));
  });

  it("by a change that another tab told is asked for anew, once", async () => {
    site.signIn(visitor);
    const [{ store }] = openSeeded() as [TabUnderTest];
    const release = site.hold();
    const asked = store.refresh();
    await requested(1);
    site.change(visitor, { userId: "u2" });
    for (let turn = 0; turn < 5; turn++) store.hear(`news ${turn}`);
    release();
    await asked;
    expect(store.get().data).toMatchObject({ userId: "u2" });
    expect(site.requests).toHaveLength(2);
  });
});

describe("The other tabs", () => {
  it("hear of a sign-in that a page load brought, and each asks once", async () => {
    const tabs = openSeeded(3);
    site.signIn(visitor);
    const [first] = openTabs(site, visitor) as [TabUnderTest];
    first.store.offer(first.store.seed(site.view(visitor)), false);
    for (const { store } of tabs) for (const message of first.told) store.hear(message);
    await eventually(() => expect(tabs.map(shown)).toEqual(tabs.map(() => site.view(visitor))));
    expect(site.requests).toEqual(["GET ", "GET ", "GET "]);
  });

  it("are signed out at once, before they have asked", async () => {
    site.signIn(visitor);
    const [here, there] = openSeeded(2) as [TabUnderTest, TabUnderTest];
    const seen: unknown[] = [];
    there.store.subscribe(() => seen.push([site.requests.length, there.store.get().status]));
    await here.store.get().signOut();
    expect(seen[0]).toEqual([1, "anonymous"]);
    await requested(2);
    expect(site.requests).toEqual(["POST /signout", "GET "]);
  });

  it("are told neither who nor what: a fingerprint, or that a session ended", async () => {
    const { id, userId } = site.signIn(visitor);
    const [{ store, told }] = openSeeded() as [TabUnderTest];
    site.change(visitor, { userId: "somebody" });
    await store.refresh();
    await store.get().signOut();
    expect(told).toEqual([expect.any(Number), expect.any(Number), "ended"]);
    for (const secret of [id, userId, "somebody", visitor.cookie]) expect(told.join()).not.toContain(secret);
  });

  it("ask nothing when they know what was told, and do not echo it", async () => {
    site.signIn(visitor);
    const [here, there] = openSeeded(2) as [TabUnderTest, TabUnderTest];
    there.told.length = 0;
    there.store.hear(here.told[0]);
    await there.store.refresh();
    expect(site.requests).toEqual(["GET "]);
    site.requests.length = 0;
    site.change(visitor, { userId: "u2" });
    await here.store.refresh();
    await eventually(() => expect(shown(there)).toMatchObject({ userId: "u2" }));
    expect(site.requests).toHaveLength(2);
    expect(there.told).toEqual([]);
  });

  it("ask later when nothing of theirs is watched now", async () => {
    site.signIn(visitor);
    const [here, there] = openTabs(site, visitor, 2) as [TabUnderTest, TabUnderTest];
    there.store.offer(there.store.seed(site.view(visitor)), false);
    here.store.subscribe(nothing);
    site.change(visitor, { userId: "u2" });
    await here.store.refresh();
    expect(shown(there)).toMatchObject({ userId: "u1" });
    there.store.subscribe(nothing);
    await eventually(() => expect(shown(there)).toMatchObject({ userId: "u2" }));
  });
});

describe("A sign-out", () => {
  it("that the server did not confirm fails, and the visitor is still shown as signed in", async () => {
    site.signIn(visitor);
    const [{ store, told }] = openSeeded() as [TabUnderTest];
    told.length = 0;
    site.fail(503);
    await expect(store.get().signOut()).rejects.toMatchObject({ status: 503 });
    expect(store.get().status).toBe("authenticated");
    expect(told).toEqual([]);
  });

  it("is no expiry, and an end after the deadline is one", async () => {
    site.signIn(visitor);
    const [tab] = openSeeded() as [TabUnderTest];
    await tab.store.refresh();
    pass(site, [tab], "30m");
    await tab.store.refresh();
    expect(tab.store.get()).toMatchObject({ status: "anonymous", isExpired: true });
    site.signIn(visitor, "u2");
    await tab.store.refresh();
    expect(tab.store.get()).toMatchObject({ status: "authenticated", isExpired: false });
    await tab.store.get().signOut();
    expect(tab.store.get()).toMatchObject({ status: "anonymous", isExpired: false });
  });

  it("of an impersonation shows the one who acts", async () => {
    site.signIn(visitor);
    const [tab] = openSeeded() as [TabUnderTest];
    await tab.store.get().stopImpersonating();
    expect(shown(tab)).toMatchObject({ userId: "admin" });
  });
});
