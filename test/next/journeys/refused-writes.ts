import { describe, expect, it } from "vitest";
import type { Scene } from "../scene.ts";

export function refusedWritesJourneys(scene: Scene): void {
  const { visitor, shopper, member } = scene;

  describe("writing where it is not allowed", () => {
    it.each(["set", "cart", "signin"])("%s in a Server Component is SESSION_READ_ONLY", async (op) => {
      for (const browser of [visitor(), await member()]) {
        scene.store.taken();
        const answer = await browser.get(`/write?op=${op}`);
        expect(answer.state).toBe("SESSION_READ_ONLY");
        expect(answer.setCookies).toEqual([]);
        expect(scene.store.taken().filter((call) => call !== "find" && call !== "user")).toEqual([]);
      }
    });

    it.each(["submit", "call"] as const)(
      "also after an action, by %s, where Next may let cookies be set in a render",
      async (way) => {
        for (const action of ["nothing", "foreign"]) {
          const browser = await shopper();
          const answer = await browser[way]("/leaky", action);
          expect(answer.sessionCookies).toEqual([]);
          expect(answer.text).not.toContain("no error");
          if (way === "submit")
            expect(answer.state).toMatchObject({ set: "SESSION_READ_ONLY", signIn: "SESSION_READ_ONLY" });
        }
      },
    );

    it("where Next does let them through, it is one of the two situations that are known", async () => {
      const leaks: Record<string, boolean> = {};
      for (const action of ["nothing", "foreign"])
        leaks[action] = (await visitor().submit("/leaky", action)).state.leak;
      if (scene.major === 16) expect(leaks.nothing).toBe(true);
    });

    it("outside a request of the App Router it is NO_REQUEST", async () => {
      expect((await visitor().get("/api/pages?op=ambient")).json).toEqual({ code: "NO_REQUEST" });
    });
  });
}
