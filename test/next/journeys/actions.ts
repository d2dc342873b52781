import { describe, expect, it } from "vitest";
import type { Scene } from "../scene.ts";

export function actionsJourneys(scene: Scene): void {
  const { visitor, shopper, member } = scene;

  describe("Server Actions", () => {
    for (const way of ["submit", "call"] as const) {
      it(`${way}: what an action stores is seen by the render of the same answer`, async () => {
        const browser = visitor();
        const answer = await browser[way]("/live", "set");
        expect(answer.sessionCookies).toHaveLength(1);
        expect(answer.text).toMatch(/\\?"step\\?":1|&quot;step&quot;:1/);
        expect(scene.store.taken().filter((call) => call === "create")).toHaveLength(1);
        expect((await browser.get("/live")).state.data).toEqual({ step: 1 });
      });

      it(`${way}: many writes of a newcomer make one session and one cookie (G5)`, async () => {
        const browser = visitor();
        const answer = await browser[way]("/live", "many");
        expect(answer.sessionCookies).toHaveLength(1);
        expect(scene.store.taken().filter((call) => call === "create")).toHaveLength(1);
        expect((await browser.get("/live")).state.data).toEqual({
          key1: 1,
          key2: 2,
          key3: 3,
          key4: 4,
          key5: 5,
          cart: ["plum"],
        });
      });

      it(`${way}: signing in gives a new token, keeps the cart, and the old cookie is dead (G3)`, async () => {
        const browser = await shopper();
        const before = browser.cookieHeader();
        const page = await browser.get("/live");
        scene.store.taken();
        const answer = await browser[way]("/live", "signin", page);
        expect(answer.sessionCookies).toHaveLength(1);
        expect(answer.text).toMatch(/data-user(="|\\?":\\?")ada/);
        expect(scene.store.taken().filter((call) => call === "find")).toHaveLength(1);
        expect(browser.cookieHeader()).not.toBe(before);
        expect((await browser.get("/live")).state).toMatchObject({ userId: "ada", data: { cart: ["apple"] } });
        expect((await visitor().get("/live", { headers: { cookie: before } })).state).toMatchObject({
          id: null,
          data: {},
        });
      });

      it(`${way}: signing out clears the cookie, and the render sees it`, async () => {
        const browser = await member();
        const before = browser.cookieHeader();
        const answer = await browser[way]("/live", "signout");
        expect(answer.sessionCookies).toHaveLength(1);
        expect(answer.sessionCookies[0]).toMatch(/Max-Age=0/i);
        expect(answer.sessionCookies[0]).toMatch(/Secure/);
        expect(answer.text).toMatch(/data-user(="|\\?":\\?")undefined/);
        expect(browser.cookies.has("__Host-session")).toBe(false);
        expect((await visitor().get("/live", { headers: { cookie: before } })).state.isAnonymous).toBe(true);
      });

      it(`${way}: requireUser redirects`, async () => {
        const answer = await visitor()[way]("/live", "member");
        const target = answer.header("location") ?? answer.header("x-action-redirect");
        expect(target).toMatch(/^\/sign-in/);
      });

      it(`${way}: the cookie survives a redirect and notFound()`, async () => {
        const one = visitor();
        await one[way]("/live", "signinRedirect");
        expect((await one.get("/live")).state.userId).toBe("ada");
        const other = visitor();
        await other[way]("/live", "signinNotFound");
        expect((await other.get("/live")).state.userId).toBe("ada");
      });
    }

    it("G6: an action that changes only data sets no cookie and does not make Next render the page", async () => {
      const browser = await shopper();
      const page = await browser.get("/live");
      const quiet = await browser.call("/live", "nothing", page);
      const answer = await browser.call("/live", "cart", page);
      expect(answer.setCookies).toEqual([]);
      expect(answer.header("x-action-revalidated")).toBe(quiet.header("x-action-revalidated"));
      expect(Math.abs(answer.text.length - quiet.text.length)).toBeLessThan(200);
      expect((await browser.get("/live")).state.data.cart).toEqual(["apple", "apple"]);
    });

    it("every answer of an action that writes a cookie keeps it from shared caches", async () => {
      const answer = await visitor().submit("/live", "set");
      expect(answer.header("cache-control")).toMatch(/no-store/);
    });
  });
}
