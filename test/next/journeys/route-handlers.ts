import { describe, expect, it } from "vitest";
import type { Scene } from "../scene.ts";

const privately = "private, no-store";

export function routeHandlersJourneys(scene: Scene): void {
  const { visitor, shopper, member } = scene;

  describe("route handlers", () => {
    it.each(["/api/bare?op=cart", "/api/bare?request&op=cart", "/api/wrapped?op=cart"])(
      "%s begins one session",
      async (path) => {
        const browser = visitor();
        const answer = await browser.get(path);
        expect(answer.status).toBe(200);
        expect(answer.sessionCookies).toHaveLength(1);
        expect(answer.setCookies.some((line) => line.startsWith("by-response=1"))).toBe(true);
        expect(scene.store.taken()).toEqual(["create"]);
        expect((await browser.get("/live")).state.data).toEqual({ cart: ["apple"] });
      },
    );

    it("withSession: one read, own and foreign cookies, private, the same session by every way", async () => {
      const browser = await shopper();
      const answer = await browser.get("/api/wrapped?op=signin");
      expect(answer.json).toMatchObject({ userId: "ada", same: true, canWrite: true });
      expect(answer.sessionCookies).toHaveLength(1);
      const names = answer.setCookies.map((line) => line.split("=")[0]).sort();
      expect(names).toEqual(["__Host-session", "by-next", "by-response"]);
      expect(answer.header("cache-control")).toBe(privately);
      expect(answer.header("vary")).toMatch(/cookie/i);
      expect(scene.store.taken().sort()).toEqual(["find", "update", "user"]); // getSession awaits the user
    });

    it("withSession: the cookie survives redirect()", async () => {
      const browser = visitor();
      const answer = await browser.get("/api/wrapped?op=cart&redirect");
      expect([answer.status, answer.header("location")]).toEqual([307, expect.stringMatching(/\/static$/)]);
      expect((await browser.get("/live")).state.data.cart).toEqual(["apple"]);
    });

    it("withSession is private also where nothing is written", async () => {
      const answer = await visitor().get("/api/wrapped");
      expect([answer.header("cache-control"), answer.setCookies.some((line) => line.startsWith("__Host"))]).toEqual([
        privately,
        false,
      ]);
    });

    it("requireUser is a 401 there", async () => {
      const answer = await visitor().get("/api/member");
      expect([answer.status, answer.json, answer.header("cache-control")]).toEqual([
        401,
        { error: "unauthenticated" },
        privately,
      ]);
      expect((await (await member()).get("/api/member")).json).toBe("ada");
    });

    it("a request that is not the one at hand can be read and gets no cookie", async () => {
      const answer = await (await member()).get("/api/bare?op=other");
      expect(answer.json).toEqual({ read: null, write: "NO_REQUEST" });
      expect(answer.sessionCookies).toEqual([]);
    });

    it("one memory store serves route handlers and pages, and two configurations do not mix", async () => {
      const browser = await member();
      await browser.get("/api/memory");
      await browser.get("/api/memory");
      const { state } = await browser.get("/memory");
      expect(state.memory).toMatchObject({ userId: null, data: { visits: 2 } });
      expect(state.other).toMatchObject({ userId: "ada", data: {} });
    });
  });
}
