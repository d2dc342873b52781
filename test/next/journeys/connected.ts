import { describe, expect, it } from "vitest";
import type { ConnectedScene } from "../connected-scene.ts";

/** A page that uses a provider's access token while it renders. */
export function connectedJourneys(scene: ConnectedScene): void {
  const { provider } = scene;
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/);

  describe("O5 a provider token in a Server Component", () => {
    it("is used as it was kept while it is good", async () => {
      const browser = await scene.member("ada");
      expect((await browser.get("/connected")).text).toContain("Link your account.");
      expect(await scene.link(browser, "ada")).toBe("303 /connected");
      const before = scene.refreshes();
      expect((await browser.get("/connected?call")).state).toEqual({ userId: "ada", subject: "ada" });
      expect(scene.refreshes()).toBe(before);
    });

    it("is refreshed by the render that needs it: the store is written, and no cookie", async () => {
      const browser = await scene.linked("bea");
      const before = scene.refreshes();
      const page = await browser.get("/connected?call");
      expect(page.state).toEqual({ userId: "bea", subject: "bea" });
      expect(page.setCookies).toEqual([]);
      expect(scene.refreshes()).toBe(before + 1);
      expect(scene.store.taken().filter((call) => call === "update")).toHaveLength(2); // the lease, and the tokens
    });

    it("the next render asks the provider for nothing, and shows the same token", async () => {
      const browser = await scene.linked("cleo");
      const first = await browser.get("/connected");
      const asked = { ...provider.asked };
      const second = await browser.get("/connected");
      expect(first.state).toEqual({ userId: "cleo", digest });
      expect(second.state).toEqual(first.state);
      expect(second.setCookies).toEqual([]);
      expect(provider.asked).toEqual(asked);
    });

    it("50 renders at once in two processes refresh it once", async () => {
      const browser = await scene.linked("dora");
      const before = scene.refreshes();
      const pages = await scene.openAtOnce("/connected", browser, 50);
      expect(pages.map((page) => page.status)).toEqual(Array(50).fill(200));
      expect(pages.flatMap((page) => page.setCookies)).toEqual([]);
      expect(pages[0]?.state).toEqual({ userId: "dora", digest });
      expect(new Set(pages.map((page) => page.state.digest)).size).toBe(1);
      expect(scene.refreshes()).toBe(before + 1);
    });

    it("control: they refresh it more often over a store that changes a record whatever it holds", async () => {
      scene.store.setCareless(true);
      const before = scene.refreshes();
      // Both have to read before one of them writes: in one of a few rounds they do.
      let rounds = 0;
      while (rounds < 20 && scene.refreshes() <= before + rounds) {
        rounds += 1;
        await scene.openAtOnce("/connected", await scene.linked(`dora${rounds}`), 50);
      }
      expect(scene.refreshes()).toBeGreaterThan(before + rounds);
    });

    it("that was taken back makes the page say so, once and for all, and the session lives on", async () => {
      const browser = await scene.linked("ella");
      await provider.takeBack();
      const page = await browser.get("/connected");
      expect([page.status, page.state]).toEqual([200, { userId: "ella", code: "CONNECTION_BROKEN" }]);
      expect(page.text).toContain("Your account gives us nothing any more. Link it again.");
      expect(page.setCookies).toEqual([]);
      const asked = { ...provider.asked };
      expect((await browser.get("/connected")).state.code).toBe("CONNECTION_BROKEN");
      expect(provider.asked).toEqual(asked);
      expect((await browser.get("/api/session")).json).toMatchObject({ userId: "ella" });
      await scene.link(browser, "ella");
      expect((await browser.get("/connected?call")).state).toEqual({ userId: "ella", subject: "ella" });
    });
  });
}
