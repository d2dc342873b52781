import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CookieOptions, type CookiePolicy, resolveCookie } from "../../src/cookie/policy.ts";
import { blankCookie, sessionCookie } from "../../src/cookie/session-cookie.ts";
import { serializeCookie } from "../../src/cookie/write.ts";
import { isSessionError } from "../../src/errors.ts";

const token = "ccs_AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA";
const day = 86_400;

function policyOf(options: CookieOptions = {}, origins = ["https://shop.example"]): CookiePolicy {
  const { cookie, problems } = resolveCookie(options, origins, "production");
  if (!cookie) throw new Error(problems.map(({ message }) => message).join("\n"));
  return cookie;
}

const options: fc.Arbitrary<CookieOptions> = fc.record(
  {
    sameSite: fc.constantFrom("lax", "strict", "none"),
    domain: fc.constant("shop.example"),
    path: fc.constantFrom("/", "/app"),
    partitioned: fc.boolean(),
    priority: fc.constantFrom("low", "medium", "high"),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<CookieOptions>;

describe("sessionCookie", () => {
  it("C1: is __Host-session with Secure, HttpOnly, SameSite=Lax and Path=/", () => {
    expect(sessionCookie(policyOf(), token, 30 * day)).toEqual({
      name: "__Host-session",
      value: token,
      attributes: { httpOnly: true, secure: true, sameSite: "lax", path: "/", maxAge: 2_592_000 },
    });
  });

  it("L23: has no Max-Age when it is to go with the browser", () => {
    const cookie = sessionCookie(policyOf(), token, null);
    expect(cookie.attributes).not.toHaveProperty("maxAge");
    expect(serializeCookie(cookie)).not.toContain("Max-Age");
  });

  it.each([
    ["whole seconds stay", 60, 60],
    ["part of a second is cut off, so that the cookie never outlives the session", 60.999, 60],
    ["400 days stay", 400 * day, 34_560_000],
    ["more is cut to 400 days", 500 * day, 34_560_000],
    ["endless is cut to 400 days", Number.POSITIVE_INFINITY, 34_560_000],
    ["the last second", 0, 0],
  ])("C11, R-B15: %s", (_why, given, maxAge) => {
    expect(sessionCookie(policyOf(), token, given).attributes.maxAge).toBe(maxAge);
  });

  it.each([-1, Number.NaN])("C11: a life of %d seconds is refused", (seconds) => {
    expect(() => sessionCookie(policyOf(), token, seconds)).toThrow(/whole number of seconds/);
  });

  it.each(["a b", "a;b", "a,b", "a\r\nSet-Cookie: x=y", '"a"', "\u00e9", "\0", "v".repeat(4090)])(
    "C5, C9: a token of %j is refused",
    (text) => {
      try {
        sessionCookie(policyOf(), text, null);
        expect.unreachable();
      } catch (error) {
        expect(isSessionError(error, "CONFIG_INVALID")).toBe(true);
      }
    },
  );
});

describe("blankCookie", () => {
  it("C10: is empty and gone at once, with every other attribute as it was set", () => {
    fc.assert(
      fc.property(options, (given) => {
        const policy = policyOf(given);
        const set = sessionCookie(policy, token, 60);
        expect(blankCookie(policy)).toEqual({ ...set, value: "", attributes: { ...set.attributes, maxAge: 0 } });
      }),
    );
  });

  it("C10: repeats Path, Domain, Secure, SameSite, HttpOnly and Partitioned on the wire", () => {
    const policy = policyOf({
      domain: "shop.example",
      path: "/app",
      sameSite: "none",
      partitioned: true,
      priority: "high",
    });
    expect(serializeCookie(blankCookie(policy))).toBe(
      "__Secure-session=; Path=/app; Domain=shop.example; Max-Age=0; HttpOnly; Secure; SameSite=None; Partitioned; Priority=High",
    );
  });

  it("C10: differs from the cookie it removes in value and Max-Age alone", () => {
    fc.assert(
      fc.property(options, (given) => {
        const policy = policyOf(given);
        const removal = serializeCookie(blankCookie(policy));
        expect(removal.replace("=;", `=${token};`).replace("Max-Age=0", "Max-Age=60")).toBe(
          serializeCookie(sessionCookie(policy, token, 60)),
        );
      }),
    );
  });

  it("C10: neither cookie can change the policy", () => {
    const policy = policyOf();
    for (const cookie of [sessionCookie(policy, token, 60), blankCookie(policy)])
      expect(cookie.attributes).not.toBe(policy.attributes);
    expect(Object.isFrozen(policy) && Object.isFrozen(policy.attributes)).toBe(true);
  });
});
