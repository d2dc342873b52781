import { describe, expect, it } from "vitest";
import type { Scene } from "../scene.ts";

/** What one surface may cost: the session, the user, each extension, and each of their questions. */
const once = [
  "find",
  "query courses",
  "query entitlementsOf",
  "query load",
  "query purchasesOf",
  "query rules",
  "query user",
  "resolve ability",
  "resolve commerce",
  "resolve progress",
];
const answer = { user: "user ada", canView: true, purchases: 1, hasRight: true, percent: 0 };

/** A page that asks for user, ability, purchases, entitlements and progress wherever it can. */
export function lessonJourneys(scene: Scene): void {
  const { visitor, member } = scene;

  describe("R-A9 R-A16 a lesson that asks everywhere", () => {
    it("layout, metadata, page, four components and a hook make one read, and one question of each kind", async () => {
      const browser = await member();
      const page = await browser.get("/lesson");
      expect(page.state).toEqual(answer);
      expect(page.text).toContain("<title>for user ada</title>");
      expect(shownByHook(page.text)).toEqual({ userId: "ada", canView: true });
      expect(scene.store.taken().sort()).toEqual(once);
    });

    it("a proxy in front that asks for all of it, twice, adds the same once more", async () => {
      const browser = await member();
      const page = await browser.get("/proxied-lesson");
      expect([page.state, page.header("x-percent")]).toEqual([answer, "0"]);
      expect(scene.store.taken().sort()).toEqual([...once, ...once].sort());
    });

    it("two requests share nothing of it: the control of the count", async () => {
      const browser = await member();
      await browser.get("/lesson");
      await browser.get("/lesson");
      expect(scene.store.taken().sort()).toEqual([...once, ...once].sort());
    });

    it("a stranger costs the session store and the tables of the shop nothing", async () => {
      const page = await visitor().get("/lesson");
      expect(page.state).toEqual({ user: null, canView: false, purchases: 0, hasRight: false, percent: 0 });
      expect(shownByHook(page.text)).toEqual({ userId: null, canView: null });
      expect(page.setCookies).toEqual([]);
      const asked = ["query courses", "query rules", "resolve ability", "resolve commerce", "resolve progress"];
      expect(scene.store.taken().sort()).toEqual(asked);
    });
  });
}

function shownByHook(html: string): unknown {
  const shown = /<pre id="hooked">(.*?)<\/pre>/s.exec(html)?.[1] ?? "";
  return JSON.parse(shown.replaceAll("&quot;", '"'));
}
