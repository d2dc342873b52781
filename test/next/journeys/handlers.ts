import { describe, expect, it } from "vitest";
import type { Scene } from "../scene.ts";

const privately = "private, no-store";

export function handlersJourneys(scene: Scene): void {
  const { visitor, member } = scene;

  describe("handlers", () => {
    it("GET shows the public view, or null", async () => {
      const stranger = await visitor().get("/api/session");
      expect([stranger.status, stranger.json, stranger.header("cache-control")]).toEqual([200, null, privately]);
      const view = (await (await member()).get("/api/session")).json;
      expect(Object.keys(view).sort()).toEqual([
        "authenticatedAt",
        "expiresAt",
        "id",
        "idleExpiresAt",
        "userId",
        "version",
      ]);
    });

    it("POST signout ends the session", async () => {
      const browser = await member();
      const answer = await browser.post("/api/session/signout");
      expect([answer.status, answer.json]).toEqual([200, { signedOut: true }]);
      expect(browser.cookies.has("__Host-session")).toBe(false);
    });

    it("404, 405, 403", async () => {
      const browser = await member();
      expect((await browser.get("/api/session/unknown")).status).toBe(404);
      expect((await browser.get("/api/session/signout")).status).toBe(405);
      expect((await browser.post("/api/session")).status).toBe(405);
      expect((await browser.get("/api/session", { method: "DELETE" })).status).toBe(405);
      const foreign = await browser.post("/api/session/signout", { headers: { origin: "https://evil.example" } });
      expect(foreign.status).toBe(403);
      expect((await browser.get("/live")).state.userId).toBe("ada");
    });
  });
}
