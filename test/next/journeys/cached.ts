import { describe, expect, it } from "vitest";
import type { Scene } from "../scene.ts";

export function cachedJourneys(scene: Scene): void {
  describe("a static shell with islands", () => {
    it("N5: builds, and shows a stranger the shell without a store call", async () => {
      const answer = await scene.visitor().get("/islands");
      expect(answer.text).toContain("the shell");
      expect(answer.state).toMatchObject({ userId: null, cached: "cached for undefined" });
      expect(scene.store.taken()).toEqual([]);
    });

    it("G7: its islands share one read and one user look-up", async () => {
      const answer = await (await scene.member()).get("/islands");
      expect(answer.state).toMatchObject({ userId: "ada", user: { name: "user ada" }, cached: "cached for ada" });
      expect(answer.setCookies).toEqual([]);
      expect(answer.header("cache-control")).toMatch(/private/);
      expect(scene.store.taken().sort()).toEqual(["find", "user"]);
    });

    it("touches after the response", async () => {
      const browser = await scene.returning("ada", 86_400_000);
      await browser.get("/islands");
      await expect.poll(() => scene.store.taken()).toContain("touch");
    });
  });
}
