import { describe, expect, it } from "vitest";
import type { Browser } from "../browser.ts";
import type { Scene } from "../scene.ts";

const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };

export function crossSiteJourneys(scene: Scene): void {
  const { visitor, member } = scene;
  const cartOf = async (browser: Browser) => (await browser.get("/live")).state.data.cart;

  describe("X1 X8 X12 requests of other sites", () => {
    it.each(["/api/wrapped?op=cart", "/proxied?op=cart", "/api/proxied?op=cart"])(
      "%s is a 403 before the handler runs, with a session and without",
      async (path) => {
        for (const browser of [await member(), visitor()]) {
          const answer = await browser.post(path, { headers: foreign });
          expect([answer.status, answer.json, answer.sessionCookies]).toEqual([
            403,
            { error: "cross_site_request" },
            [],
          ]);
          expect(answer.header("cache-control")).toBe("private, no-store");
        }
        expect(scene.store.taken()).toEqual([]);
      },
    );

    it("our own requests, and another server's, are answered", async () => {
      const browser = await member();
      expect((await browser.post("/api/wrapped?op=cart")).status).toBe(200);
      expect(await cartOf(browser)).toEqual(["apple"]);
      expect((await visitor().get("/api/wrapped", { method: "POST" })).status).toBe(200);
      expect((await browser.get("/api/wrapped?op=cart", { method: "POST" })).status).toBe(403);
    });

    it("a Server Action behind the proxy is ours, and no other site's, and must say where it comes from", async () => {
      const browser = await member();
      const page = await browser.get("/proxied");
      const action = { "next-action": page.actionId("cart"), "content-type": "text/plain;charset=UTF-8" };
      const sent = (headers: Record<string, string>) => ({
        method: "POST",
        body: "[]",
        headers: { ...action, accept: "text/x-component", ...headers },
      });
      for (const [headers, status, cart] of [
        [{}, 403, undefined], // Next itself lets it through
        [{ origin: "null" }, 403, undefined],
        [foreign, 403, undefined],
        [{ "sec-fetch-site": "same-origin" }, 200, ["apple"]],
      ] as const) {
        const answer = await browser.get("/proxied", sent(headers));
        expect([headers, answer.status, await cartOf(browser)]).toEqual([headers, status, cart]);
      }
    });

    it("control: a Server Action that no proxy stands in front of runs without an Origin", async () => {
      const browser = await member();
      const page = await browser.get("/live");
      const headers = { "next-action": page.actionId("cart"), "content-type": "text/plain;charset=UTF-8" };
      const answer = await browser.get("/live", { method: "POST", body: "[]", headers });
      expect([answer.status, await cartOf(browser)]).toEqual([200, ["apple"]]);
    });

    it("without withSession the change itself fails, and nothing is stored", async () => {
      const browser = await member();
      for (const path of ["/api/bare?op=cart", "/api/bare?request&op=cart"]) {
        expect([path, (await browser.post(path)).status]).toEqual([path, 200]);
        scene.store.taken();
        expect([path, (await browser.post(path, { headers: foreign })).status]).toEqual([path, 500]);
        expect(scene.store.taken()).not.toContain("update");
      }
    });
  });
}
