import { describe, expect, it } from "vitest";
import type { Scene } from "../scene.ts";

const privately = "private, no-store";

export function proxyJourneys(scene: Scene): void {
  const { visitor, shopper, member } = scene;

  describe("the proxy", () => {
    it("a session that it begins is seen by the page and by the route handler of the same request", async () => {
      for (const path of ["/proxied?op=cart", "/api/proxied?op=cart"]) {
        const browser = visitor();
        const answer = await browser.get(path);
        const seen = path.startsWith("/api") ? answer.json : answer.state;
        expect(seen.data).toEqual({ cart: ["apple"] });
        expect(answer.sessionCookies).toHaveLength(1);
        expect(scene.store.taken().sort()).toEqual(["create", "find"]);
        const [token] = (answer.sessionCookies[0] as string).slice("__Host-session=".length).split(";") as [string];
        const elsewhere = [...answer.response.headers].filter(
          ([name, value]) => name !== "set-cookie" && value.includes(token),
        );
        expect(elsewhere).toEqual([]); // N4
        if (path.startsWith("/proxied")) expect(answer.text).not.toContain(token);
      }
    });

    it("signing in and out there is seen at once", async () => {
      const browser = await shopper();
      expect((await browser.get("/proxied?op=signin")).state).toMatchObject({
        userId: "ada",
        data: { cart: ["apple"] },
      });
      const out = await browser.get("/proxied?op=signout");
      expect(out.state).toMatchObject({ id: null, isAnonymous: true });
      expect(browser.cookies.has("__Host-session")).toBe(false);
    });

    it.each(["nothing", "next", "marked", "rewrite"])("keeps what the handler answers: %s", async (kind) => {
      const browser = visitor();
      const answer = await browser.get(`/api/proxied?op=cart&answer=${kind}`);
      expect(answer.json).toMatchObject({ data: { cart: ["apple"] }, marked: kind === "marked" ? "yes" : null });
      expect(answer.json.agent).not.toBeNull();
      expect(answer.sessionCookies).toHaveLength(1);
      expect(answer.header("cache-control")).toBe(privately);
      if (kind === "marked") {
        expect(answer.header("x-by-proxy")).toBe("1");
        expect(answer.setCookies.some((line) => line.startsWith("by-proxy=1"))).toBe(true);
      }
    });

    it("a rewrite shows its target", async () => {
      const answer = await visitor().get("/proxied?op=cart&answer=rewrite");
      expect(answer.json.data).toEqual({ cart: ["apple"] });
    });

    it("keeps redirects and responses of its own, and makes them private", async () => {
      const redirect = await visitor().get("/proxied?op=cart&answer=redirect");
      expect([redirect.status, redirect.sessionCookies.length]).toEqual([307, 1]);
      expect(redirect.header("location")).toMatch(/\/static$/);
      const own = await visitor().get("/proxied?op=cart&answer=own");
      expect([own.text, own.setCookies.length]).toEqual(["own", 2]);
      for (const answer of [redirect, own]) expect(answer.header("cache-control")).toBe(privately);
    });

    it("N3: a prerendered page behind it is private when a cookie is set, and cacheable when not", async () => {
      const answer = await visitor().get("/static-proxied?op=cart");
      expect([answer.text.includes("static"), answer.sessionCookies.length]).toEqual([true, 1]);
      expect(answer.header("cache-control")).toBe(privately);
      expect((await visitor().get("/static-proxied")).header("cache-control")).toMatch(/s-maxage/);
    });

    it("requireUser redirects to the sign-in page, with the way back", async () => {
      const answer = await visitor().get("/guarded?a=1");
      expect(answer.status).toBe(307);
      expect(answer.header("location")).toMatch(/^(http:\/\/localhost:\d+)?\/sign-in\?returnTo=%2Fguarded%3Fa%3D1$/);
      expect((await visitor().post("/guarded")).status).toBe(303);
      const elsewhere = await visitor().get("/guarded", { headers: { "x-forwarded-host": "shop.example" } });
      expect(elsewhere.header("location")).toMatch(/^(http:\/\/localhost:\d+)?\/sign-in/);
      expect((await (await member()).get("/guarded")).state).toBe("ada");
    });

    it("requireUser in a page and an action behind it finds the way back by it", async () => {
      const page = await visitor().get("/proxied?member=1");
      expect(page.header("location")).toBe("/sign-in?returnTo=%2Fproxied%3Fmember%3D1");
      const action = await visitor().submit("/proxied", "member");
      expect(action.header("location")).toMatch(/\/sign-in\?returnTo=%2Fproxied$/);
      const forged = await visitor().get("/member", { headers: { "x-coatcheck-path": "//evil.example" } });
      expect(forged.header("location")).toBe("/sign-in?returnTo=%2F");
    });

    it("an action behind it is not made to render the page", async () => {
      const browser = await shopper();
      const page = await browser.get("/proxied");
      const answer = await browser.call("/proxied", "nothing", page);
      expect(answer.header("x-action-revalidated")).toBe(
        (await browser.call("/live", "nothing")).header("x-action-revalidated"),
      );
      expect(answer.text.length).toBeLessThan(500);
    });
  });
}
