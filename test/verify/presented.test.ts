import { describe, expect, it } from "vitest";
import { accessTokenVerifier, requireScope, scopesOf, verifyAccessToken } from "../../src/verify/index.ts";
import { audience, scene } from "./issuer.ts";

const requestWith = (authorization: string, url = `${audience}/orders`) =>
  new Request(url, { headers: { authorization } });

describe("Where a token is looked for", () => {
  it("in a Request, in headers, in what Node has of a request, or given as a text", async () => {
    const here = await scene();
    const token = await here.token();
    const verify = accessTokenVerifier(here.options());
    const authorization = `Bearer ${token}`;
    for (const presented of [
      token,
      requestWith(authorization),
      new Headers({ authorization }),
      { headers: { authorization }, method: "GET", url: "/orders" },
      { headers: new Headers({ authorization }) },
    ])
      expect((await verify(presented)).claims?.sub).toBe("u1");
  });

  it("T12 the name of the scheme is read in any case", async () => {
    const here = await scene();
    const token = await here.token();
    const verify = accessTokenVerifier(here.options());
    for (const scheme of ["bearer", "BEARER", "bEaReR"])
      expect((await verify(requestWith(`${scheme} ${token}`))).refusal).toBeNull();
  });

  it("T9 not in the query, the body, a cookie or another header", async () => {
    const here = await scene();
    const token = await here.token();
    const verify = accessTokenVerifier(here.options());
    const body = new URLSearchParams({ access_token: token });
    for (const request of [
      new Request(`${audience}/orders?access_token=${token}`),
      new Request(audience, { method: "POST", body }),
      new Request(audience, { headers: { cookie: `access_token=${token}; __Host-session=${token}` } }),
      new Request(audience, { headers: { "x-access-token": token, "proxy-authorization": `Bearer ${token}` } }),
    ])
      expect((await verify(request)).refusal?.reason).toBe("missing");
  });

  it("T12 nothing, several, too many spaces, other letters, too long: a 401 and no error", async () => {
    const here = await scene();
    const token = await here.token();
    const verify = accessTokenVerifier(here.options());
    const malformed = [
      "Bearer",
      "Bearer ",
      `Bearer  ${token}`,
      `Bearer ${token} ${token}`,
      `Bearer ${token}, Bearer ${token}`,
      `Bearer\t${token}`,
      `Bearer ${token},`,
      "Bearer ünïcödé",
      `Bearer ${"a".repeat(4_097)}`,
      `Bearer ${"a.".repeat(500_000)}`,
    ];
    for (const authorization of malformed) {
      const { refusal } = await verify({ headers: { authorization } });
      expect([refusal?.reason, refusal?.status], authorization.slice(0, 30)).toEqual(["malformed", 401]);
    }
    for (const authorization of ["", "Basic dXNlcjpwYXNz", "Bearers x", token]) {
      const { refusal } = await verify({ headers: { authorization } });
      expect(refusal?.reason, authorization.slice(0, 30)).toBe("missing");
    }
    const twice = new Headers({ authorization: `Bearer ${token}` });
    twice.append("authorization", `Bearer ${token}`);
    expect((await verify(twice)).refusal?.reason).toBe("malformed");
    expect((await verify({ headers: {} })).refusal?.reason).toBe("missing");
    expect((await verify({ headers: Object.create({ authorization: `Bearer ${token}` }) })).claims).toBeNull();
  });
});

describe("What a refusal answers", () => {
  it("RFC 6750: nothing presented is no error, everything else is, and a scope is a 403", async () => {
    const here = await scene();
    const verify = accessTokenVerifier(here.options());
    const challengeOf = async (presented: Parameters<typeof verify>[0]) => {
      const response = (await verify(presented)).refusal?.response() ?? expect.fail();
      expect(response.headers.get("cache-control")).toBe("no-store");
      return [response.status, response.headers.get("www-authenticate"), await response.text()];
    };
    expect(await challengeOf(new Request(audience))).toEqual([401, "Bearer", ""]);
    const invalid = [401, 'Bearer error="invalid_token"', ""];
    expect(await challengeOf(requestWith("Bearer a.b"))).toEqual(invalid);
    for (const claims of [{ aud: "x" }, { exp: here.now - 60 }, { sub: undefined }])
      expect(await challengeOf(await here.token(claims))).toEqual(invalid);
  });

  it("G14: no refusal holds anything of the token", async () => {
    const here = await scene();
    const token = await here.token({ iss: "somebody-else", sub: "secret-user" });
    const { refusal } = await accessTokenVerifier(here.options())(token);
    expect(JSON.stringify(refusal)).not.toMatch(/somebody|secret|eyJ/);
  });

  it("requireScope asks for all of them, exactly", async () => {
    const here = await scene();
    const { claims } = await verifyAccessToken(
      await here.token({ scope: "orders:read  orders:write" }),
      here.options(),
    );
    if (!claims) return expect.fail();
    expect(scopesOf(claims)).toEqual(["orders:read", "orders:write"]);
    expect(requireScope(claims, "orders:read")).toBeNull();
    expect(requireScope(claims, "orders:write", "orders:read")).toBeNull();
    for (const scope of ["orders", "orders:read2", "ORDERS:READ", "rders:read"])
      expect(requireScope(claims, scope)?.status).toBe(403);
    const refusal = requireScope(claims, "orders:read", "refunds");
    const challenge = 'Bearer error="insufficient_scope", scope="orders:read refunds"';
    expect(refusal?.response().headers.get("www-authenticate")).toBe(challenge);
    expect(requireScope({}, "orders:read")?.reason).toBe("scope");
  });

  it("requireScope takes no scope that would change the header", () => {
    for (const scope of [[], [""], ["a b"], ['a"'], ["a\r\nx: y"], ["a\\"]])
      expect(() => requireScope({ scope: "a b" }, ...scope)).toThrow(/requireScope was not given a scope/);
  });
});
