import { describe, expect, it } from "vitest";
import type { Fetch } from "../../src/connections/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { callbackOf, openShop } from "./shop.ts";
import { refusal, taggedProvider, tokenAnswer } from "./tagged-provider.ts";

/** Anna, whose account is linked. */
async function scene(through: (fetch: Fetch) => Fetch = (fetch) => fetch) {
  const tagged = taggedProvider();
  const shop = openShop({ tagged: tagged.provider }, { runtime: fakeRuntime(), fetch: through(tagged.fetch) });
  const browser = shop.visitor();
  const state = new URL(await browser.begin("sign-in-with", "tagged")).searchParams.get("state");
  await browser.comeBack(`${callbackOf("tagged")}?code=anna&state=${state}`);
  return { tagged, shop, browser, anna: () => shop.connection.of("tagged:anna", "tagged") };
}

describe("An access token that the provider has refused", () => {
  it("is given to nobody any more: all who ask then share one refresh", async () => {
    const { tagged, anna } = await scene();
    const connection = anna();
    expect(await connection.accessToken()).toBe("access.anna.0");
    expect(await connection.discard("access.anna.0")).toBe(true);
    const asked = await Promise.all([connection, ...Array.from({ length: 20 }, anna)].map((one) => one.accessToken()));
    expect(new Set(asked)).toEqual(new Set(["access.anna.1"]));
    expect(tagged.refreshes).toEqual(["refresh.anna.0"]);
  });

  it("takes no other one with it, nor what has taken its place", async () => {
    const { tagged, anna } = await scene();
    const part = { scope: "read" };
    expect(await anna().accessToken(part)).toBe("access.anna.for.read");
    for (const other of ["access.anna.7", "access.ben.0", ""]) expect(await anna().discard(other)).toBe(false);
    expect(await anna().discard("access.anna.0")).toBe(true);
    expect(await anna().accessToken()).toBe("access.anna.1");
    expect(await anna().discard("access.anna.0")).toBe(false);
    expect([await anna().accessToken(), await anna().accessToken(part)]).toEqual([
      "access.anna.1",
      "access.anna.for.read",
    ]);
    expect(tagged.refreshes).toHaveLength(2);
  });

  it("breaks the link where the user has taken the grant back, and the link says so then", async () => {
    const { tagged, anna, browser, shop } = await scene();
    await anna().discard(await anna().accessToken());
    tagged.atRefresh = () => refusal("invalid_grant");
    await expect(anna().accessToken()).rejects.toMatchObject({ code: "CONNECTION_BROKEN" });
    expect(await browser.linked()).toMatchObject([{ state: "broken" }]);
    expect(shop.told().filter((event) => event === "link-broken")).toHaveLength(1);
  });

  it("is not given while the provider does not answer, though it has not ended", async () => {
    const { tagged, anna, shop } = await scene();
    await anna().discard(await anna().accessToken());
    tagged.atRefresh = () => Response.error();
    await expect(anna().accessToken()).rejects.toMatchObject({ code: "CONNECTION_UNAVAILABLE" });
    tagged.atRefresh = null;
    shop.runtime.advance(1); // who asks later is not told of a failure before
    expect(await anna().accessToken()).toBe("access.anna.1");
  });

  it("breaks the link at once where there is none to refresh it with, and once", async () => {
    const withoutRefresh =
      (fetch: Fetch): Fetch =>
      async (url, init) =>
        url.endsWith("/token") ? tokenAnswer("access.anna.0") : fetch(url, init);
    const { anna, browser, shop } = await scene(withoutRefresh);
    const ended = await Promise.all(Array.from({ length: 10 }, () => anna().discard("access.anna.0")));
    expect(ended.filter(Boolean)).toHaveLength(1);
    await expect(anna().accessToken()).rejects.toMatchObject({ code: "CONNECTION_BROKEN" });
    expect(await browser.linked()).toMatchObject([{ state: "broken" }]);
    const reasons = shop.events.flatMap((event) => (event.type === "extension" ? [event.facts] : []));
    expect(reasons.filter((facts) => facts.reason === "refused")).toHaveLength(1);
  });

  it("lets a refresh that is under way be, and what that gives", async () => {
    const { tagged, anna, shop } = await scene();
    shop.runtime.advance(560_000); // it ends soon, and is good still
    let answer: (response: undefined) => void = () => undefined;
    tagged.atRefresh = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const asking = anna().accessToken();
    while (tagged.refreshes.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await anna().discard("access.anna.0")).toBe(true);
    answer(undefined);
    expect(await asking).toBe("access.anna.1");
    tagged.atRefresh = null;
    expect(await anna().accessToken()).toBe("access.anna.1");
  });

  it("is nobody's where nobody is signed in", async () => {
    const { shop } = await scene();
    const { session } = await shop.sessions.create({});
    expect(await session.connection("tagged").discard("access.anna.0")).toBe(false);
  });
});
