import { describe, expect, it } from "vitest";
import type { Scene } from "../scene.ts";

export function outageJourneys(scene: Scene): void {
  const { visitor, member } = scene;

  describe("when the store is down (G8)", () => {
    it("a page is an error and not anonymous, and the cookie stays", async () => {
      const browser = await member();
      scene.store.setDown(true);
      const answer = await browser.get("/live");
      expect([answer.status, answer.setCookies]).toEqual([500, []]);
      expect((await browser.get("/errors")).state).toBe("STORE_UNAVAILABLE");
      scene.store.setDown(false);
      expect((await browser.get("/live")).state.userId).toBe("ada");
    });

    it("handlers, route handlers and the proxy answer 503 with the cookie untouched", async () => {
      const browser = await member();
      scene.store.setDown(true);
      for (const path of ["/api/session", "/api/wrapped", "/proxied", "/api/pages-member"]) {
        const answer = await browser.get(path);
        expect([path, answer.status, answer.setCookies]).toEqual([path, 503, []]);
        expect(answer.header("retry-after")).not.toBeNull();
      }
      expect((await browser.post("/api/session/signout")).status).toBe(503);
      expect(browser.cookies.has("__Host-session")).toBe(true);
    });

    it("strangers are served all the same", async () => {
      scene.store.setDown(true);
      expect((await visitor().get("/live")).status).toBe(200);
      expect((await visitor().get("/proxied")).status).toBe(200);
    });

    it("a sign-in that was not stored sets no cookie", async () => {
      const browser = visitor();
      const page = await browser.get("/live");
      scene.store.setDown(true);
      const answer = await browser.submit("/live", "signin", page);
      expect([answer.status, answer.setCookies]).toEqual([500, []]);
    });
  });
}
