import { describe, expect, it } from "vitest";
import { basic, issued, post, refresh, serverSecret, successorIn, tokenWorld } from "./scene.ts";

const grant = (token: string) => ({ grant_type: "refresh_token", refresh_token: token });

describe("R6 the client of a refresh token", () => {
  const confidential = { client: "reports", scope: ["orders:read"] };

  it("proves who it is by Basic, or by the body; all of its secrets count", async () => {
    const here = tokenWorld();
    const { refreshToken } = await issued(here, confidential);
    const second = successorIn(await post(here, "token", grant(refreshToken), basic("reports", serverSecret)));
    successorIn(await post(here, "token", { ...grant(second), client_id: "reports", client_secret: serverSecret }));
    const served = await issued(here, { client: "api" });
    successorIn(await post(here, "token", grant(served.refreshToken), basic("api", `${serverSecret} of before`)));
  });

  it.each([
    ["nothing", {}, {}],
    ["its name alone", { client_id: "reports" }, {}],
    ["a wrong secret", { client_id: "reports", client_secret: `${serverSecret}!` }, {}],
    ["a wrong secret by Basic", {}, basic("reports", "wrong")],
    ["another client's secret", {}, basic("reports", `${serverSecret} of the api`)],
    ["a name that nobody has", {}, basic("nobody", serverSecret)],
    ["a name like an object's own", { client_id: "constructor", client_secret: serverSecret }, {}],
    ["a secret for a client without one", { client_id: "mobile", client_secret: serverSecret }, {}],
    ["no base64", {}, { authorization: "Basic ~~~" }],
    ["no UTF-8", {}, { authorization: `Basic ${btoa("\xff\xfe:x")}` }],
    ["no URL encoding", {}, { authorization: `Basic ${btoa("reports:%")}` }],
    ["another scheme", {}, { authorization: `Bearer ${serverSecret}` }],
    ["what is too long", {}, { authorization: `Basic ${"A".repeat(5_000)}` }],
  ])("is refused with %s", async (_, fields, headers) => {
    const here = tokenWorld();
    const { refreshToken, token } = await issued(here, confidential);
    here.store.reset();
    const answer = await post(here, "token", { ...grant(refreshToken), ...fields }, headers as Record<string, string>);
    expect([answer.status, answer.body]).toEqual([401, { error: "invalid_client" }]);
    expect(answer.headers.has("www-authenticate")).toBe("authorization" in headers);
    expect(here.store.total()).toBe(0);
    expect(await here.sessions.validate(token)).not.toBeNull();
  });

  it("is not asked twice", async () => {
    const here = tokenWorld();
    const { refreshToken } = await issued(here, confidential);
    const both = { ...grant(refreshToken), client_id: "reports", client_secret: serverSecret };
    expect((await post(here, "token", both, basic("reports", serverSecret))).body).toEqual({
      error: "invalid_request",
    });
    const others = { ...grant(refreshToken), client_id: "mobile" };
    expect((await post(here, "token", others, basic("reports", serverSecret))).body.error).toBe("invalid_request");
  });

  it("is the one that it was issued to: no other gets anything, and nothing is ended", async () => {
    const here = tokenWorld();
    const { refreshToken, token } = await issued(here, confidential);
    expect((await refresh(here, refreshToken)).body).toEqual({ error: "invalid_grant" });
    expect(here.events).toContainEqual(expect.objectContaining({ reason: "wrong-client", clientId: "mobile" }));
    expect(await here.sessions.validate(token)).not.toBeNull();
    successorIn(await post(here, "token", grant(refreshToken), basic("reports", serverSecret)));
  });
});

describe("R6 what is asked for", () => {
  it("may be narrower, and the refresh token stays what it was", async () => {
    const here = tokenWorld();
    const { refreshToken } = await issued(here, {
      audience: ["https://api.shop.example", "https://stock.shop.example"],
    });
    const narrow = await refresh(here, refreshToken, { scope: "orders:read", resource: "https://stock.shop.example" });
    expect(narrow.body.scope).toBe("orders:read");
    const claims = JSON.parse(
      Buffer.from(String(narrow.body.access_token).split(".")[1] ?? "", "base64url").toString(),
    );
    expect(claims).toMatchObject({ scope: "orders:read", aud: "https://stock.shop.example" });
    const wide = await refresh(here, successorIn(narrow));
    expect(wide.body.scope).toBe("orders:read orders:write");
  });

  it.each([
    [{ scope: "orders:read stock:read" }, "invalid_scope"],
    [{ scope: "orders:read  orders:write" }, "invalid_scope"],
    [{ resource: "https://stock.shop.example" }, "invalid_target"],
    [{ grant_type: "password" }, "unsupported_grant_type"],
    [{ grant_type: "" }, "invalid_request"],
    [{ refresh_token: "" }, "invalid_request"],
  ])("%o is refused as %s, and uses nothing up", async (more, error) => {
    const here = tokenWorld();
    const { refreshToken } = await issued(here);
    expect((await refresh(here, refreshToken, more as Record<string, string>)).body).toEqual({ error });
    here.runtime.advance("1m");
    successorIn(await refresh(here, refreshToken));
  });

  it("is not said twice", async () => {
    const here = tokenWorld();
    const { refreshToken } = await issued(here);
    const fields = new URLSearchParams({ client_id: "mobile", ...grant(refreshToken) });
    fields.append("scope", "orders:read");
    fields.append("scope", "orders:write");
    expect((await post(here, "token", fields)).body).toEqual({ error: "invalid_request" });
  });

  it.each([
    [{ client: "nobody" }],
    [{ client: "mobile", scope: ["admin"] }],
    [{ client: "mobile", scope: "orders:read" }],
    [{ client: "reports", scope: ["orders:write"] }],
    [{ client: "mobile", audience: "https://else.example" }],
    [{ client: "mobile", audience: [] }],
    [undefined],
  ])("issueTokens(%o) is DATA_INVALID, and nothing is stored", async (options) => {
    const here = tokenWorld();
    const { session } = await here.sessions.create({ userId: "ann" });
    here.store.reset();
    await expect(session.issueTokens(options as never)).rejects.toMatchObject({ code: "DATA_INVALID" });
    expect(here.store.counts.update).toBe(0);
  });
});
