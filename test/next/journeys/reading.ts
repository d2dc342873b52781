import { describe, expect, it } from "vitest";
import type { Scene } from "../scene.ts";

const renders = Number(process.env.COATCHECK_RENDERS ?? 100);

export function readingJourneys(scene: Scene): void {
  const { visitor, member } = scene;

  describe("reading", () => {
    it("G5: a stranger's page costs no store call and no cookie", async () => {
      const answer = await visitor().get("/live");
      expect(answer.status).toBe(200);
      expect(answer.state).toMatchObject({ id: null, userId: null, isAnonymous: true, canWrite: false, data: {} });
      expect(answer.setCookies).toEqual([]);
      expect(scene.store.taken()).toEqual([]);
    });

    it("G5: a malformed cookie costs no store call and is left alone", async () => {
      for (const value of ["", "x", "session_abc.def", "%00", "a".repeat(4_000)]) {
        const answer = await visitor().get("/live", { headers: { cookie: `__Host-session=${value}` } });
        expect([answer.status, answer.state.isAnonymous, answer.setCookies]).toEqual([200, true, []]);
      }
      expect(scene.store.taken()).toEqual([]);
    });

    it("G7: layout, page, metadata and nested components make one read, one user look-up, one evaluation", async () => {
      const browser = await member();
      const answer = await browser.get("/live");
      expect(answer.state).toMatchObject({ userId: "ada", user: { name: "user ada" } });
      expect(answer.text).toContain("<title>hello ada</title>");
      expect(answer.text).toContain('data-user="ada"');
      expect(scene.store.taken().sort()).toEqual(["find", "greeting", "user"]);
    });

    it("G7: a proxy in front adds at most one read", async () => {
      const browser = await member();
      expect((await browser.get("/proxied")).state.userId).toBe("ada");
      expect(scene.store.taken().filter((call) => call === "find")).toHaveLength(2);
    });

    it(`G6: ${renders} renders write nothing and set no cookie`, async () => {
      const browser = await member();
      let cookies = 0;
      for (let done = 0; done < renders; done += 10) {
        const answers = await Promise.all(Array.from({ length: 10 }, () => browser.get("/live")));
        cookies += answers.flatMap((answer) => answer.setCookies).length;
        expect(answers.every((answer) => answer.state.userId === "ada")).toBe(true);
      }
      expect(cookies).toBe(0);
      expect(new Set(scene.store.taken())).toEqual(new Set(["find", "user", "greeting"]));
    });

    it("G6: renders touch a session that was last seen long ago: once, and without a cookie", async () => {
      const browser = await scene.returning("ada", 86_400_000);
      const answers = await Promise.all([1, 2, 3].map(() => browser.get("/live")));
      expect(answers.flatMap((answer) => answer.setCookies)).toEqual([]);
      const calls: string[] = [];
      await expect.poll(() => calls.push(...scene.store.taken()) && calls).toContain("touch");
      await browser.get("/live");
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect([...calls, ...scene.store.taken()].filter((call) => call === "touch")).toHaveLength(1);
    });

    it("a dead cookie reads as anonymous and is not cleared", async () => {
      const browser = await member();
      const old = browser.cookieHeader();
      await browser.get("/api/bare?op=signout");
      const answer = await visitor().get("/live", { headers: { cookie: old } });
      expect([answer.state.isAnonymous, answer.setCookies]).toEqual([true, []]);
    });

    it("of two cookies of the name it takes the one that is valid, wherever it stands", async () => {
      const browser = await member();
      const good = browser.cookieHeader();
      const bad = good.replace(/.{4}$/, "AAAA");
      for (const cookie of [`${good}; ${bad}`, `${bad}; ${good}`]) {
        expect((await visitor().get("/live", { headers: { cookie } })).state.userId).toBe("ada");
      }
      const other = (await member()).cookieHeader();
      expect((await visitor().get("/live", { headers: { cookie: `${good}; ${other}` } })).state.userId).toBeNull();
    });

    it("a user who is gone is nobody; one who cannot be looked up is an error; a loader's redirect is Next's", async () => {
      const shown = async (userId: string) => (await scene.returning(userId)).get("/live");
      expect((await shown("gone")).state).toMatchObject({ userId: null, isAnonymous: true });
      expect((await shown("broken")).status).toBe(500);
      const moved = await shown("moved");
      expect([moved.status, moved.header("location")]).toEqual([307, "/static"]);
    });
  });
}
