import { describe, expect, it } from "vitest";
import type { Scene } from "../scene.ts";

export function requireUserJourneys(scene: Scene): void {
  const { visitor, member } = scene;

  describe("requireUser in a page", () => {
    it("redirects, with the way back where it is told", async () => {
      const plain = await visitor().get("/member");
      expect([plain.status, plain.header("location")]).toEqual([307, "/sign-in"]);
      const told = await visitor().get("/member?returnTo=/member%3Fa=1");
      expect(told.header("location")).toBe("/sign-in?returnTo=%2Fmember%3Fa%3D1");
      const evil = await visitor().get("/member?returnTo=//evil.example");
      expect(evil.header("location")).toBe("/sign-in?returnTo=%2F");
      expect((await (await member()).get("/member")).state).toBe("ada");
    });

    it("asks for a recent authentication", async () => {
      const browser = await member();
      expect((await browser.get("/fresh?freshFor=10m")).state).toBe("ada");
      await new Promise((resolve) => setTimeout(resolve, 20));
      const stale = await browser.get("/fresh?freshFor=1ms");
      expect(stale.status).toBe(307);
      expect(stale.header("location")).toMatch(/^\/confirm(\?|$)/); // who is signed in need not sign in
      expect((await visitor().get("/fresh?freshFor=1ms")).header("location")).toMatch(/^\/sign-in(\?|$)/);
    });
  });
}
