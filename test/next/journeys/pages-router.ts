import { describe, expect, it } from "vitest";
import type { Scene } from "../scene.ts";

const privately = "private, no-store";

export function pagesRouterJourneys(scene: Scene): void {
  const { visitor, member } = scene;

  describe("the Pages Router", () => {
    it("getServerSideProps shares the manager: one read, one user", async () => {
      const browser = await member();
      const answer = await browser.get("/ssp");
      expect(answer.state).toMatchObject({ userId: "ada", user: { name: "user ada" } });
      expect(scene.store.taken().sort()).toEqual(["find", "user"]);
      expect(answer.header("cache-control")).toBe(privately);
      expect(answer.header("vary")).toMatch(/cookie/i);
    });

    it("getServerSideProps and API routes write, beside foreign cookies", async () => {
      const browser = visitor();
      const page = await browser.get("/ssp?op=many");
      expect(page.sessionCookies).toHaveLength(1);
      expect(scene.store.taken().filter((call) => call === "create")).toHaveLength(1);
      const api = await browser.get("/api/pages?op=signin");
      expect(api.json).toMatchObject({ userId: "ada", data: { cart: ["plum"] }, user: { name: "user ada" } });
      expect(api.sessionCookies).toHaveLength(1);
      expect(api.setCookies.some((line) => line.startsWith("by-page=1"))).toBe(true);
      expect(api.header("cache-control")).toBe(privately);
      expect((await browser.get("/live")).state.userId).toBe("ada");
      await browser.get("/api/pages?op=signout");
      expect(browser.cookies.has("__Host-session")).toBe(false);
    });

    it.each(["/ssp-member", "/ssp-wrapped"])(
      "%s: requireUser redirects the browser and Next's router",
      async (path) => {
        const answer = await visitor().get(`${path}?a=1`);
        expect([answer.status, answer.header("location")]).toEqual([
          307,
          `/sign-in?returnTo=${encodeURIComponent(`${path}?a=1`)}`,
        ]);
        const id = /\/_next\/static\/([^/"]+)\/_(?:buildManifest|ssgManifest)/.exec(
          (await (await member()).get(path)).text,
        )?.[1];
        const data = await visitor().get(`/_next/data/${id}${path}.json`, { headers: { "x-nextjs-data": "1" } });
        expect(data.status).toBe(200);
        expect(data.json.pageProps.__N_REDIRECT).toBe(`/sign-in?returnTo=${encodeURIComponent(path)}`);
        expect((await (await member()).get(path)).state).toBe("ada");
      },
    );

    it("an API route inside withSession answers 401", async () => {
      const answer = await visitor().get("/api/pages-member");
      expect([answer.status, answer.json]).toEqual([401, { error: "unauthenticated" }]);
      expect((await (await member()).get("/api/pages-member")).json).toBe("ada");
    });
  });
}
