import { describe, expect, it } from "vitest";
import { readSnapshot } from "../../../src/snapshot/index.ts";
import type { Answer } from "../browser.ts";
import type { Scene } from "../scene.ts";

const secrets = ["0123456789abcdef0123456789abcdef"];
const wants = { "coatcheck-transport": "bearer" };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const tokenOf = (answer: Answer) => answer.header("coatcheck-token");

export function carriedJourneys(scene: Scene): void {
  const { visitor } = scene;
  const carriedIn = async (headers: Record<string, string>, path = "/api/carried-wrapped?op=signin") =>
    visitor().post(path, { headers });
  const member = async () => tokenOf(await carriedIn(wants)) ?? "";

  describe("a session token in the header", () => {
    it("T10 is handed on by withSession, in one header and no cookie, and opens the session everywhere", async () => {
      const answer = await carriedIn(wants);
      expect([answer.status, answer.setCookies, answer.json.same]).toEqual([200, [], true]);
      const headers = bearer(tokenOf(answer) ?? "");
      expect((await visitor().get("/carried", { headers })).state.userId).toBe("ada");
      expect((await visitor().get("/api/carried-bare", { headers })).json.userId).toBe("ada");
      expect((await visitor().get("/api/carried", { headers })).json.userId).toBe("ada");
      expect((await visitor().get("/api/carried-proxied", { headers })).json.userId).toBe("ada");
    });

    it("T12 of no worth is a 401 with a challenge, before anything runs", async () => {
      for (const path of ["/api/carried-wrapped", "/api/carried", "/api/carried-proxied"]) {
        for (const token of ["x", "", `ccs_${"A".repeat(22)}.${"A".repeat(43)}`]) {
          const answer = await visitor().get(path, { headers: bearer(token) });
          expect([answer.status, answer.header("www-authenticate")]).toEqual([401, 'Bearer error="invalid_token"']);
        }
      }
    });

    it("T11 forged, gains nothing from the cookie beside it", async () => {
      const browser = visitor();
      await browser.post("/api/carried-wrapped?op=signin");
      const headers = { ...bearer("forged.signature"), origin: "https://evil.test" };
      expect((await browser.post("/api/carried-wrapped?op=set", { headers })).status).toBe(401);
      const bare = await browser.post("/api/carried-bare?op=set", { headers });
      expect([bare.json.userId, bare.json.code]).toEqual([null, "UNAUTHENTICATED"]);
      expect((await browser.get("/carried", { headers: bearer("forged") })).state.userId).toBeNull();
      expect((await browser.get("/carried")).state).toMatchObject({ userId: "ada", data: {} });
    });

    it("is not replaced where Next makes the response: nothing is stored", async () => {
      const token = await member();
      const bare = await carriedIn(bearer(token), "/api/carried-bare?op=rotate");
      expect([bare.json.code, tokenOf(bare)]).toEqual(["NO_REQUEST", null]);
      expect((await carriedIn(bearer(token), "/api/carried-bare?op=set")).json.code).toBe("no error");
      expect((await visitor().get("/carried", { headers: bearer(token) })).state.data).toEqual({ step: 1 });
    });

    it("is handed on by the proxy, and what answers behind it sees the new one", async () => {
      const token = await member();
      const rotated = await visitor().get("/api/carried-proxied?op=rotate", { headers: bearer(token) });
      expect([rotated.json.userId, rotated.setCookies]).toEqual(["ada", []]);
      expect(tokenOf(rotated)).toMatch(/^ccs_/);
      expect(tokenOf(rotated)).not.toBe(token);
      const headers = bearer(tokenOf(rotated) ?? "");
      const out = await visitor().get("/api/carried-proxied?op=signout", { headers });
      expect([out.json.userId, tokenOf(out)]).toEqual([null, "none"]);
      expect((await visitor().get("/api/carried", { headers })).status).toBe(401);
    });

    it("is not lost by redirect(): a mistake is answered with it", async () => {
      const answer = await carriedIn(wants, "/api/carried-wrapped?op=signin&redirect");
      expect([answer.status, tokenOf(answer)?.slice(0, 4)]).toEqual([500, "ccs_"]);
    });

    it("is ended by the sign-out action", async () => {
      const headers = bearer(await member());
      const out = await carriedIn(headers, "/api/carried/signout");
      expect([out.status, tokenOf(out), out.setCookies]).toEqual([200, "none", []]);
      expect((await visitor().get("/api/carried", { headers })).status).toBe(401);
    });
  });

  describe("the snapshot cookie", () => {
    const seen = (cookie: string) =>
      readSnapshot<{ userId: string }>(new Request("https://a.test/", { headers: { cookie } }), {
        secrets,
        cookieName: "carried",
      });

    it("is written by withSession, the proxy and the actions, and by no render", async () => {
      const browser = visitor();
      await browser.post("/api/carried-wrapped?op=signin");
      expect((await seen(browser.cookieHeader()))?.view.userId).toBe("ada");
      for (const path of ["/api/carried-wrapped", "/api/carried-proxied", "/api/carried"]) {
        browser.cookies.delete("carried-snapshot");
        expect((await browser.get("/carried")).setCookies).toEqual([]);
        const answer = await browser.get(path);
        expect([path, answer.setCookies.length]).toEqual([path, 1]);
        expect((await seen(browser.cookieHeader()))?.view.userId).toBe("ada");
        expect((await browser.get(path)).setCookies).toEqual([]);
      }
    });

    it("is read by the proxy, at the edge too, without the store", async () => {
      const browser = visitor();
      expect((await browser.get("/api/carried-proxied?op=seen")).json).toBeNull();
      await browser.post("/api/carried-wrapped?op=signin");
      scene.store.taken();
      expect((await browser.get("/api/carried-proxied?op=seen")).json.view.userId).toBe("ada");
      expect(scene.store.taken()).toEqual([]);
    });

    it("is cleared with the session, by an action and where Next makes the response", async () => {
      for (const path of ["/api/carried/signout", "/api/carried-wrapped?op=signout", "/api/carried-bare?op=signout"]) {
        const browser = visitor();
        await browser.post("/api/carried-wrapped?op=signin");
        await browser.post(path);
        expect([path, ...browser.cookies.keys()]).toEqual([path]);
      }
    });
  });
}
