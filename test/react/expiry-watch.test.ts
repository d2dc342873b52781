import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createExpiryWatch, type UseExpiry } from "../../src/react/expiry-watch.ts";
import { eventually, newVisitor, openSite, type Site, type Visitor } from "../client/site.ts";
import { fakeLocks } from "./fake-locks.ts";
import { openTabs, pass, type TabUnderTest } from "./tabs.ts";

let site: Site;
let visitor: Visitor;

beforeEach(async () => {
  site = await openSite();
  visitor = newVisitor();
  site.signIn(visitor); // ends after half an hour without a request
});
afterEach(() => site.stop());

type Watched = TabUnderTest & { states: UseExpiry[]; stop(): void; state(): UseExpiry };

/** Opens tabs that know the session and the server's clock, and watch the deadline. */
async function openWatching(count = 1, locks?: Pick<LockManager, "request">): Promise<Watched[]> {
  const tabs = openTabs(site, visitor, count);
  const watched = [];
  for (const tab of tabs) {
    const watch = createExpiryWatch({ name: "test", ...tab.requests, ...tab.store }, locks, tab.clock);
    await tab.store.refresh();
    const states: UseExpiry[] = [];
    const stop = watch.start(60_000, (state) => states.push(state));
    watched.push({ ...tab, states, stop, state: () => states.at(-1) as UseExpiry });
  }
  site.requests.length = 0;
  return watched;
}

const one = async () => (await openWatching())[0] as Watched;
const warned = (...tabs: Watched[]) =>
  eventually(() => expect(tabs.map((tab) => tab.state().isWarning)).toEqual(tabs.map(() => true)));

describe("The deadline", () => {
  it("is that of the server's clock, and waits with one timer until the warning is due", async () => {
    const tab = await one();
    expect(tab.state()).toMatchObject({ remaining: 30 * 60_000, isWarning: false, isExpired: false, canStay: true });
    expect(tab.clock.waiting()).toBe(1);
    const before = tab.states.length;
    pass(site, [tab], "28m");
    expect(tab.states).toHaveLength(before);
    expect(site.requests).toEqual([]);
  });

  it("is warned of when the server has said once that it stands, and counts down by the second", async () => {
    const tab = await one();
    pass(site, [tab], "29m");
    expect(tab.state().isWarning).toBe(false); // it may have moved without this page
    await warned(tab);
    expect(tab.state().remaining).toBe(60_000);
    pass(site, [tab], "1s");
    expect(tab.state().remaining).toBe(59_000);
    pass(site, [tab], "500ms");
    pass(site, [tab], "9500ms");
    expect(tab.state().remaining).toBe(49_000);
    expect(site.requests).toEqual(["GET "]);
    expect(site.passive).toContain("GET ");
  });

  it("is not warned of when other requests have moved it meanwhile", async () => {
    const tab = await one();
    site.clock.advance("20m");
    site.change(visitor, { version: 1, idleExpiresAt: site.clock.now() + 30 * 60_000 });
    site.clock.advance("9m");
    tab.clock.advance("29m");
    await eventually(() => expect(tab.state().remaining).toBe(21 * 60_000));
    expect(tab.states.some(({ isWarning }) => isWarning)).toBe(false);
    expect(site.requests).toEqual(["GET "]);
  });

  it("is warned of all the same when the server cannot be asked", async () => {
    const tab = await one();
    site.fail(503);
    pass(site, [tab], "29m");
    await warned(tab);
    expect(site.requests).toHaveLength(1);
  });

  it("ends the session when it has passed at the server, which is asked once", async () => {
    const tab = await one();
    pass(site, [tab], "29m");
    await warned(tab);
    pass(site, [tab], "1m");
    expect(tab.state()).toMatchObject({ remaining: 0, isWarning: true, isExpired: false });
    pass(site, [tab], "1s");
    await eventually(() => expect(tab.store.get().status).toBe("anonymous"));
    expect(tab.state()).toMatchObject({ remaining: null, isWarning: false, isExpired: true });
    pass(site, [tab], "1h");
    expect(site.requests).toEqual(["GET ", "GET "]);
  });

  it("has passed, too, when the server cannot be asked any more; what was known stays", async () => {
    const tab = await one();
    site.fail(503);
    pass(site, [tab], "29m");
    await warned(tab);
    pass(site, [tab], "2m");
    await eventually(() => expect(tab.state().isExpired).toBe(true));
    pass(site, [tab], "1m");
    expect(tab.store.get()).toMatchObject({ status: "authenticated", isStale: true });
    expect(site.requests).toEqual(["GET ", "GET "]); // whether to warn, and whether it has passed
  });

  it("is far away, and its timer is not the one that overflows and fires at once", async () => {
    site.change(visitor, { idleExpiresAt: site.clock.now() + 60 * 86_400_000, expiresAt: Number.MAX_SAFE_INTEGER });
    const tab = await one();
    const before = tab.states.length;
    tab.clock.advance(2 ** 31 - 2);
    expect(tab.states).toHaveLength(before);
    tab.clock.advance(1);
    expect(tab.states.length).toBeGreaterThan(before);
  });

  it("leaves no timer behind when nothing watches it", async () => {
    const tab = await one();
    pass(site, [tab], "29m");
    await warned(tab);
    tab.stop();
    expect(tab.clock.waiting()).toBe(0);
    await tab.store.refresh();
    expect(site.requests).toHaveLength(2);
    expect(tab.clock.waiting()).toBe(0);
  });

  it("is none where the view shows none", async () => {
    site.change(visitor, { idleExpiresAt: undefined as never, expiresAt: undefined as never });
    const tab = await one();
    expect(tab.state()).toMatchObject({ remaining: null, isWarning: false, isExpired: false });
  });

  it("cannot be moved when it is the absolute one", async () => {
    site.change(visitor, { expiresAt: site.clock.now() + 10 * 60_000 });
    const tab = await one();
    expect(tab.state()).toMatchObject({ remaining: 10 * 60_000, canStay: false });
  });
});

describe("Staying", () => {
  it("moves the deadline, and closes the dialog in every tab", async () => {
    const [here, there] = (await openWatching(2)) as [Watched, Watched];
    pass(site, [here, there], "29m");
    await warned(here, there);
    site.requests.length = 0;
    await here.state().stay();
    expect(here.state()).toMatchObject({ isWarning: false, remaining: 30 * 60_000 });
    await eventually(() => expect(there.state()).toMatchObject({ isWarning: false, remaining: 30 * 60_000 }));
    expect(site.requests).toEqual(["POST /touch", "GET "]);
  });

  it("is one request, however often it is asked for in a tab", async () => {
    const tab = await one();
    await Promise.all([tab.state().stay(), tab.state().stay(), tab.state().stay()]);
    expect(site.requests).toEqual(["POST /touch"]);
    await tab.state().stay();
    expect(site.requests).toHaveLength(2);
  });

  it("is one request, in whichever tabs it is asked for at the same time", async () => {
    const [here, there] = (await openWatching(2, fakeLocks())) as [Watched, Watched];
    pass(site, [here, there], "29m");
    await warned(here, there);
    site.requests.length = 0;
    await Promise.all([here.state().stay(), there.state().stay()]);
    expect(site.requests.filter((request) => request !== "GET ")).toEqual(["POST /touch"]);
    expect([here, there].map((tab) => tab.state().isWarning)).toEqual([false, false]);
  });

  it("that the server did not confirm fails, and the warning stands", async () => {
    const tab = await one();
    pass(site, [tab], "29m");
    await warned(tab);
    site.fail(503);
    await expect(tab.state().stay()).rejects.toMatchObject({ status: 503 });
    expect(tab.state().isWarning).toBe(true);
  });

  it("too late shows that the session is over", async () => {
    const tab = await one();
    site.end(visitor);
    await tab.state().stay();
    expect(tab.store.get().status).toBe("anonymous");
  });
});
