import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CookieOptions, resolveCookie } from "../../src/cookie/policy.ts";
import { blankCookie } from "../../src/cookie/session-cookie.ts";
import { serializeCookie } from "../../src/cookie/write.ts";

const https = ["https://shop.example"];
const localhost = ["http://localhost:3000"];

const lineOf = (options: CookieOptions | undefined, origins: readonly string[] | undefined, environment?: string) => {
  const { cookie } = resolveCookie(options, origins, environment);
  return cookie && serializeCookie(blankCookie(cookie)).replace("=; ", "; ").replace("Max-Age=0; ", "");
};

const problemsOf = (options: unknown, origins: unknown, environment?: string) => {
  const { cookie, problems } = resolveCookie(options as CookieOptions, origins as string[], environment);
  expect(cookie === null).toBe(problems.length > 0);
  for (const problem of problems) expect(problem.message && problem.hint).toBeTruthy();
  return problems;
};

const host = "__Host-session; Path=/; HttpOnly; Secure; SameSite=Lax";
const local = "session; Path=/; HttpOnly; SameSite=Lax";

describe("name and Secure", () => {
  it.each<[string, readonly string[] | undefined, string | undefined, string]>([
    ["https", https, "production", host],
    ["https in development", https, "development", host],
    ["https in a test", https, "test", host],
    ["https on localhost", ["https://localhost:3000"], "development", host],
    ["https with a port", ["https://shop.example:8443"], "production", host],
    ["an international name in its ASCII form", ["https://xn--bcher-kva.example"], "production", host],
    ["several of https", ["https://shop.example", "https://www.shop.example"], "production", host],
    ["http on localhost", localhost, "development", local],
    ["http on localhost in production (npm run demo)", localhost, "production", local],
    ["http on localhost without NODE_ENV", localhost, undefined, local],
    ["http on localhost, port 80", ["http://localhost"], "production", local],
    ["http on 127.0.0.1", ["http://127.0.0.1:3000"], "production", local],
    ["http on [::1]", ["http://[::1]:3000"], "production", local],
    ["all three", ["http://localhost", "http://127.0.0.1", "http://[::1]:8080"], "production", local],
    ["http on localhost beside https", [...localhost, ...https], "development", host],
    ["https beside http on localhost", [...https, ...localhost], "production", host],
    ["none, in development", undefined, "development", local],
    ["none, in a test", undefined, "test", local],
    ["none, in production", undefined, "production", host],
    ["none, without NODE_ENV", undefined, undefined, host],
    ["none, with an empty NODE_ENV", undefined, "", host],
    ["none, in an environment of another name", undefined, "staging", host],
    ["none, in Development with a capital", undefined, "Development", host],
  ])("C1, C4, R-B15: %s", (_why, origins, environment, line) => {
    expect(lineOf(undefined, origins, environment)).toBe(line);
    expect(lineOf({}, origins, environment)).toBe(line);
  });
});

describe("options", () => {
  it.each<[string, string, CookieOptions, readonly string[] | undefined, string]>([
    ["C1", "another name", { name: "sid" }, https, "sid; Path=/; HttpOnly; Secure; SameSite=Lax"],
    [
      "C1",
      "another __Host- name",
      { name: "__Host-shop" },
      https,
      "__Host-shop; Path=/; HttpOnly; Secure; SameSite=Lax",
    ],
    ["C1", "strict", { sameSite: "strict" }, https, "__Host-session; Path=/; HttpOnly; Secure; SameSite=Strict"],
    [
      "C2",
      "a domain takes __Secure-",
      { domain: "shop.example" },
      https,
      "__Secure-session; Path=/; Domain=shop.example; HttpOnly; Secure; SameSite=Lax",
    ],
    [
      "C2",
      "a domain above the origins",
      { domain: "example" },
      ["https://a.example", "https://b.c.example"],
      "__Secure-session; Path=/; Domain=example; HttpOnly; Secure; SameSite=Lax",
    ],
    [
      "C2",
      "a domain in capitals",
      { domain: "Shop.Example" },
      https,
      "__Secure-session; Path=/; Domain=Shop.Example; HttpOnly; Secure; SameSite=Lax",
    ],
    [
      "C2",
      "a path takes __Secure-",
      { path: "/app" },
      https,
      "__Secure-session; Path=/app; HttpOnly; Secure; SameSite=Lax",
    ],
    ["C2", "the path / said aloud does not", { path: "/" }, https, host],
    [
      "C3",
      "SameSite=None on https",
      { sameSite: "none" },
      https,
      "__Host-session; Path=/; HttpOnly; Secure; SameSite=None",
    ],
    [
      "C14",
      "embedded",
      { sameSite: "none", partitioned: true },
      https,
      "__Host-session; Path=/; HttpOnly; Secure; SameSite=None; Partitioned",
    ],
    [
      "C1",
      "a priority",
      { priority: "high" },
      https,
      "__Host-session; Path=/; HttpOnly; Secure; SameSite=Lax; Priority=High",
    ],
    ["C1", "a name on localhost", { name: "sid" }, localhost, "sid; Path=/; HttpOnly; SameSite=Lax"],
    ["C2", "a path on localhost", { path: "/app" }, localhost, "session; Path=/app; HttpOnly; SameSite=Lax"],
    [
      "C2",
      "a domain on localhost",
      { domain: "localhost" },
      localhost,
      "session; Path=/; Domain=localhost; HttpOnly; SameSite=Lax",
    ],
    [
      "C1",
      "undefined counts as left out",
      { name: undefined, domain: undefined, secure: undefined } as object,
      https,
      host,
    ],
  ])("%s: %s", (_id, _why, options, origins, line) => expect(lineOf(options, origins, "production")).toBe(line));

  it.each([
    [
      "C2",
      "__Host- with a domain",
      { name: "__Host-s", domain: "shop.example" },
      https,
      "CONFIG_INVALID",
      "__Secure-session",
    ],
    [
      "C2",
      "__host- with a domain",
      { name: "__host-s", domain: "shop.example" },
      https,
      "CONFIG_INVALID",
      "__Secure-session",
    ],
    ["C2", "__Host- with a path", { name: "__Host-s", path: "/app" }, https, "CONFIG_INVALID", "__Secure-session"],
    [
      "C2",
      "__Host- for http on localhost",
      { name: "__Host-session" },
      localhost,
      "CONFIG_COOKIE_INSECURE",
      "Leave out cookie.name",
    ],
    [
      "C2",
      "__Secure- for http on localhost",
      { name: "__Secure-session" },
      localhost,
      "CONFIG_COOKIE_INSECURE",
      "Leave out cookie.name",
    ],
    [
      "C2",
      "a domain that an origin is not part of",
      { domain: "other.example" },
      https,
      "CONFIG_INVALID",
      "all entries of origins share",
    ],
    [
      "C2",
      "a domain that only ends alike",
      { domain: "hop.example" },
      https,
      "CONFIG_INVALID",
      "all entries of origins share",
    ],
    [
      "C2",
      "a domain below the origin",
      { domain: "www.shop.example" },
      https,
      "CONFIG_INVALID",
      "all entries of origins share",
    ],
    [
      "C3",
      "SameSite=None for http on localhost",
      { sameSite: "none" },
      localhost,
      "CONFIG_COOKIE_INSECURE",
      "serve over https",
    ],
    [
      "C14",
      "Partitioned for http on localhost",
      { partitioned: true },
      localhost,
      "CONFIG_COOKIE_INSECURE",
      "serve over https",
    ],
    ["C5", "a name with a space", { name: "my session" }, https, "CONFIG_INVALID", "letters, digits"],
    ["C5", "an empty name", { name: "" }, https, "CONFIG_INVALID", "letters, digits"],
    ["C5", "a name with a line feed", { name: "a\nb" }, https, "CONFIG_INVALID", "letters, digits"],
    ["C5", "a name that is a number", { name: 7 }, https, "CONFIG_INVALID", "letters, digits"],
    ["C5", "a path without its slash", { path: "app" }, https, "CONFIG_INVALID", 'Begin it with "/"'],
    ["C5", "a path with an attribute", { path: "/; Domain=x" }, https, "CONFIG_INVALID", "percent-encode"],
    ["C5", "a leading dot", { domain: ".shop.example" }, undefined, "CONFIG_INVALID", "leading dot"],
    ["C5", "SameSite with a capital", { sameSite: "Lax" }, https, "CONFIG_INVALID", "lower case"],
    ["C5", "SameSite as a flag", { sameSite: true }, https, "CONFIG_INVALID", "lower case"],
    ["C5", "a priority of its own", { priority: "urgent" }, https, "CONFIG_INVALID", "lower case"],
    ["C5", "a text as a flag", { partitioned: "yes" }, https, "CONFIG_INVALID", "true or false"],
    ["C4", "secure", { secure: false }, https, "CONFIG_INVALID", "origins"],
    ["C1", "httpOnly", { httpOnly: false }, https, "CONFIG_INVALID", "always HttpOnly"],
    ["C11", "maxAge", { maxAge: 60 }, https, "CONFIG_INVALID", "timeouts.absolute"],
    ["C11", "expires", { expires: new Date(0) }, https, "CONFIG_INVALID", "persistent: false"],
    ["C5", "an option that does not exist", { samesite: "lax" }, https, "CONFIG_INVALID", "sameSite"],
    ["C5", "an option from the prototype", JSON.parse('{"__proto__":1}'), https, "CONFIG_INVALID", "sameSite"],
  ])("%s: refuses %s", (_id, _why, options, origins, code, hint) => {
    expect(problemsOf(options, origins, "production")).toMatchObject([{ code, hint: expect.stringContaining(hint) }]);
  });

  it("C2: says every problem at once", () => {
    const options = { name: "a b", path: "x", domain: ".y", sameSite: "None", secure: true };
    const messages = problemsOf(options, ["https://shop.example/", "http://shop.example"]).map(
      ({ message }) => message,
    );
    for (const where of [
      "origins[0]",
      "origins[1]",
      "secure",
      "cookie.name",
      "cookie.path",
      "cookie.domain",
      "cookie.sameSite",
    ]) {
      expect(messages.some((message) => message.includes(where))).toBe(true);
    }
  });
});

describe("origins", () => {
  it.each([
    ["a slash at the end", "https://shop.example/", "https://shop.example"],
    ["a path", "https://shop.example/app", "https://shop.example"],
    ["a query", "https://shop.example?x", "https://shop.example"],
    ["a fragment", "https://shop.example#x", "https://shop.example"],
    ["credentials", "https://me:secret@shop.example", "https://shop.example"],
    ["the default port", "https://shop.example:443", "https://shop.example"],
    ["capitals", "https://Shop.Example", "https://shop.example"],
    ["a scheme in capitals", "HTTPS://shop.example", "https://shop.example"],
    ["a space before", " https://shop.example", "https://shop.example"],
    ["a line feed after", "https://shop.example\n", "https://shop.example"],
    ["letters outside ASCII", "https://b\u00fccher.example", "https://xn--bcher-kva.example"],
    ["a shortened address", "http://127.1:3000", "http://127.0.0.1:3000"],
    ["a host without its scheme", "shop.example", "https://shop.example"],
    ["localhost without its scheme", "localhost:3000", "http://localhost:3000"],
    ["a wildcard", "https://*.shop.example", "no wildcards"],
    ["a wildcard alone", "*", "no wildcards"],
    ["another scheme", "ftp://shop.example", "https://shop.example"],
    ["an extension", "chrome-extension://abcdef", "https://shop.example"],
    ["null, the opaque origin", "null", "https://shop.example"],
    ["an empty text", "", "https://shop.example"],
    ["a number", 7, "https://shop.example"],
    ["null", null, "https://shop.example"],
    ["an object", {}, "https://shop.example"],
  ])("C4: refuses %s, and says what to write", (_why, entry, hint) => {
    const problems = problemsOf({}, [entry]);
    expect(problems).toMatchObject([
      { code: "CONFIG_INVALID", message: expect.stringContaining("origins[0]"), hint: expect.stringContaining(hint) },
    ]);
  });

  it.each([
    ["a public name", "http://shop.example", "https://shop.example"],
    ["a public name and port", "http://shop.example:8080", "https://shop.example:8080"],
    ["an address of the local network", "http://192.168.1.20:3000", "https://192.168.1.20:3000"],
    ["another loopback address", "http://127.0.0.2", "https://127.0.0.2"],
    ["all addresses", "http://0.0.0.0:3000", "https://0.0.0.0:3000"],
    ["a name under localhost", "http://app.localhost", "https://app.localhost"],
    ["a name that begins with localhost", "http://localhost.shop.example", "https://localhost.shop.example"],
    ["a name that ends with localhost", "http://notlocalhost", "https://notlocalhost"],
    ["localhost with a dot at its end", "http://localhost.", "https://localhost."],
  ])("C4: plain http on %s is insecure, in every environment", (_why, entry, hint) => {
    for (const environment of ["production", "development", "test", undefined]) {
      const expected = [
        {
          code: "CONFIG_COOKIE_INSECURE",
          message: expect.stringContaining(entry),
          hint: expect.stringContaining(`"${hint}"`),
        },
      ];
      expect(problemsOf({}, [entry], environment)).toMatchObject(expected);
      expect(problemsOf({}, ["https://shop.example", entry], environment)).toHaveLength(1);
    }
  });

  it("C4: refuses an empty list: with it no request would be the application's own", () =>
    expect(problemsOf({}, [])).toMatchObject([
      { code: "CONFIG_INVALID", message: expect.stringContaining("empty list") },
    ]));

  it.each([
    ["a text", "https://shop.example"],
    ["null", null],
    ["a set", new Set(["https://shop.example"])],
  ])("C4: refuses %s in place of a list", (_why, origins) =>
    expect(problemsOf({}, origins)).toMatchObject([
      { code: "CONFIG_INVALID", message: expect.stringContaining("not a list") },
    ]),
  );
});

describe("whatever is configured", () => {
  const some = fc.oneof(
    fc.constantFrom<unknown>(
      "/",
      "lax",
      "none",
      "session",
      "__Host-s",
      "shop.example",
      true,
      false,
      null,
      7,
      "\r\n",
      "; x",
      {},
    ),
    fc.string(),
  );
  const options = fc.record(
    { name: some, sameSite: some, domain: some, path: some, partitioned: some, priority: some },
    { requiredKeys: [] },
  );
  const origin = fc.oneof(
    fc.constantFrom<unknown>("https://shop.example", "http://localhost", "http://shop.example", "*", null),
    fc.webUrl(),
    fc.string(),
  );
  const origins = fc.option(fc.array(origin, { maxLength: 3 }), { nil: undefined });
  const environment = fc.constantFrom("production", "development", "test", undefined);

  it("C2, C3, C5: it is refused with problems, or it is a cookie that can be written", () => {
    fc.assert(
      fc.property(options, origins, environment, (given, list, mode) => {
        const { cookie, problems } = resolveCookie(given as CookieOptions, list as string[] | undefined, mode);
        expect(cookie === null).toBe(problems.length > 0);
        if (cookie) expect(serializeCookie(blankCookie(cookie))).toMatch(/^[\x21-\x7e]+=; Path=\/.*; HttpOnly; /);
      }),
      { numRuns: 10_000 },
    );
  });

  it("C4: without Secure only on this machine", () => {
    fc.assert(
      fc.property(options, origins, environment, (given, list, mode) => {
        const { cookie } = resolveCookie(given as CookieOptions, list as string[] | undefined, mode);
        if (!cookie || cookie.attributes.secure) return;
        if (list?.length)
          expect(list.every((entry) => /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(String(entry)))).toBe(
            true,
          );
        else expect(["development", "test"]).toContain(mode);
      }),
      { numRuns: 10_000 },
    );
  });
});
