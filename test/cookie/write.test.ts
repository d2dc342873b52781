import { parseSetCookie } from "cookie";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cookieValues } from "../../src/cookie/parse.ts";
import type { CookieAttributes, SessionCookie } from "../../src/cookie/rules.ts";
import { replaceSetCookie, serializeCookie } from "../../src/cookie/write.ts";
import { isSessionError, type SessionError } from "../../src/errors.ts";

const token = "ccs_AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA";
const plain: CookieAttributes = { httpOnly: true, secure: true, sameSite: "lax", path: "/" };

const cookie = (attributes: Partial<CookieAttributes> = {}, name = "__Host-session", value = token): SessionCookie => ({
  name,
  value,
  attributes: { ...plain, ...attributes },
});

// For what JavaScript users may pass although the types forbid it.
const untyped = (parts: Record<string, unknown>) => cookie(parts as Partial<CookieAttributes>, "session");

function refusal(act: () => unknown): SessionError {
  try {
    act();
  } catch (error) {
    if (isSessionError(error)) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("serializeCookie", () => {
  it.each<[string, SessionCookie, string]>([
    ["the default", cookie(), `__Host-session=${token}; Path=/; HttpOnly; Secure; SameSite=Lax`],
    [
      "a life",
      cookie({ maxAge: 2_592_000 }),
      `__Host-session=${token}; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Lax`,
    ],
    [
      "removal",
      cookie({ maxAge: 0 }, "__Host-session", ""),
      "__Host-session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
    ],
    ["localhost", cookie({ secure: false }, "session"), `session=${token}; Path=/; HttpOnly; SameSite=Lax`],
    ["for scripts", cookie({ httpOnly: false }, "session"), `session=${token}; Path=/; Secure; SameSite=Lax`],
    ["strict", cookie({ sameSite: "strict" }), `__Host-session=${token}; Path=/; HttpOnly; Secure; SameSite=Strict`],
    [
      "embedded",
      cookie({ sameSite: "none", partitioned: true }),
      `__Host-session=${token}; Path=/; HttpOnly; Secure; SameSite=None; Partitioned`,
    ],
    [
      "not partitioned, said aloud",
      cookie({ partitioned: false }),
      `__Host-session=${token}; Path=/; HttpOnly; Secure; SameSite=Lax`,
    ],
    [
      "everything",
      cookie(
        { path: "/app", domain: "shop.example", maxAge: 60, sameSite: "none", partitioned: true, priority: "high" },
        "__Secure-session",
      ),
      `__Secure-session=${token}; Path=/app; Domain=shop.example; Max-Age=60; HttpOnly; Secure; SameSite=None; Partitioned; Priority=High`,
    ],
  ])("C1, C14, R-B15: %s", (_why, given, line) => expect(serializeCookie(given)).toBe(line));

  it("C16: the attributes come in one order, whatever the order they were given in", () => {
    const keys = ["path", "domain", "maxAge", "httpOnly", "secure", "sameSite", "partitioned", "priority"];
    const all = { ...plain, domain: "a.example", maxAge: 1, partitioned: true, priority: "low" };
    const line = serializeCookie({ name: "s", value: "v", attributes: all as CookieAttributes });
    fc.assert(
      fc.property(fc.shuffledSubarray(keys, { minLength: keys.length }), (order) => {
        const attributes = Object.fromEntries(
          order.map((key) => [key, all[key as keyof typeof all]]),
        ) as unknown as CookieAttributes;
        expect(serializeCookie({ name: "s", value: "v", attributes })).toBe(line);
      }),
    );
  });
});

describe("C5: the grammar", () => {
  const units = Array.from({ length: 0x180 }, (_, unit) => String.fromCharCode(unit));
  const others = ["\u2000", "\u2028", "\ufeff", "\uff1b", "\ud800", "\ud83c\udf6a", "\u560a", "\u560d"];
  const texts = [...units, ...others];
  const accepts = (given: SessionCookie) => {
    try {
      return typeof serializeCookie(given) === "string";
    } catch (error) {
      expect(isSessionError(error, "CONFIG_INVALID")).toBe(true);
      return false;
    }
  };
  const accepted = (make: (text: string) => SessionCookie) => texts.filter((text) => accepts(make(text))).join("");

  it("names take token characters only", () => {
    expect(accepted((text) => cookie({}, `a${text}b`))).toBe(
      "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~",
    );
  });

  it("values take cookie octets only", () => {
    const octets = units.filter((unit) => unit >= "!" && unit <= "~" && !'",;\\'.includes(unit)).join("");
    expect(accepted((text) => cookie({}, "session", `a${text}b`))).toBe(octets);
  });

  it("paths take visible ASCII without commas and semicolons", () => {
    const octets = units.filter((unit) => unit >= "!" && unit <= "~" && !",;".includes(unit)).join("");
    expect(accepted((text) => cookie({ path: `/a${text}b` }, "session"))).toBe(octets);
  });

  it("domains take letters, digits, hyphens and dots", () => {
    expect(accepted((text) => cookie({ domain: `a${text}b.example` }, "session"))).toBe(
      "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    );
  });

  it.each([
    ["an empty name", cookie({}, "")],
    ["a name of 257 bytes", cookie({}, "n".repeat(257))],
    ["an empty path", untyped({ path: "" })],
    ["a path without its slash", untyped({ path: "app" })],
    ["a path of 1,025 bytes", untyped({ path: `/${"p".repeat(1024)}` })],
    ["an attribute in the path", untyped({ path: "/; Domain=evil.example" })],
    ["a header in the path", untyped({ path: "/\r\nSet-Cookie: a=b" })],
    ["a line feed at the end of the path", untyped({ path: "/\n" })],
    ["an empty domain", untyped({ domain: "" })],
    ["a leading dot", untyped({ domain: ".shop.example" })],
    ["a trailing dot", untyped({ domain: "shop.example." })],
    ["an empty label", untyped({ domain: "shop..example" })],
    ["a label that begins with a hyphen", untyped({ domain: "-shop.example" })],
    ["a label that ends with a hyphen", untyped({ domain: "shop-.example" })],
    ["a label of 64 bytes", untyped({ domain: `${"a".repeat(64)}.example` })],
    ["a domain of 254 bytes", untyped({ domain: `${"a.".repeat(126)}aa` })],
    ["a port", untyped({ domain: "shop.example:443" })],
    ["a scheme", untyped({ domain: "https://shop.example" })],
    ["a wildcard", untyped({ domain: "*.shop.example" })],
    ["an attribute in the domain", untyped({ domain: "shop.example; Path=/" })],
    ["a line feed at the end of the domain", untyped({ domain: "shop.example\n" })],
    ["null as a domain", untyped({ domain: null })],
    ["half a second", untyped({ maxAge: 0.5 })],
    ["a negative life", untyped({ maxAge: -1 })],
    ["NaN", untyped({ maxAge: Number.NaN })],
    ["an endless life", untyped({ maxAge: Number.POSITIVE_INFINITY })],
    ["a text as life", untyped({ maxAge: "60" })],
    ["an attribute as life", untyped({ maxAge: "60; Domain=evil.example" })],
    ["a bigint as life", untyped({ maxAge: 60n })],
    ["SameSite with a capital", untyped({ sameSite: "Lax" })],
    ["SameSite as a flag", untyped({ sameSite: true })],
    ["SameSite missing", untyped({ sameSite: undefined })],
    ["SameSite with an attribute", untyped({ sameSite: "lax; Domain=evil.example" })],
    ["SameSite from the prototype", untyped({ sameSite: "constructor" })],
    ["priority with a capital", untyped({ priority: "High" })],
    ["priority with an attribute", untyped({ priority: "high\r\nX: y" })],
    ["priority from the prototype", untyped({ priority: "__proto__" })],
    ["a text as a flag", untyped({ secure: "false" })],
    ["HttpOnly missing", untyped({ httpOnly: undefined })],
    ["a number as a flag", untyped({ partitioned: 1 })],
  ])("refuses %s", (_why, given) => {
    const error = refusal(() => serializeCookie(given));
    expect(error).toMatchObject({ name: "SessionConfigError", code: "CONFIG_INVALID" });
    expect(error.hint).toBeTruthy();
  });

  it.each([
    ["the longest name", cookie({}, "n".repeat(256))],
    ["the longest path", cookie({ path: `/${"p".repeat(1023)}` }, "session")],
    ["an escaped path", cookie({ path: "/caf%C3%A9%20bar" }, "session")],
    ["one label", cookie({ domain: "localhost" }, "session")],
    ["the longest label", cookie({ domain: `${"a".repeat(63)}.example` }, "session")],
    ["the longest domain", cookie({ domain: `${"a.".repeat(126)}a` }, "session")],
    ["an international domain", cookie({ domain: "xn--bcher-kva.example" }, "session")],
  ])("accepts %s", (_why, given) => expect(accepts(given)).toBe(true));

  it("does not trust a type that JavaScript does not check", () => {
    const liar = (texts: readonly string[], reads = { count: 0 }) => ({
      toString: () => texts[reads.count++ % texts.length],
    });
    const hostile = [
      Symbol("x"),
      7,
      null,
      ["a"],
      {},
      () => "a",
      liar(["/ok", "/; Domain=evil.example"]),
      liar(["a", "a\r\nb"]),
    ];
    for (const value of hostile) {
      for (const given of [
        { ...cookie({}, "session"), name: value },
        { ...cookie({}, "session"), value },
        untyped({ path: value }),
        untyped({ domain: value }),
        untyped({ sameSite: value }),
        untyped({ priority: value }),
      ]) {
        expect(refusal(() => serializeCookie(given as SessionCookie)).code).toBe("CONFIG_INVALID");
      }
    }
  });

  it("refuses hostile bytes in any part, or writes exactly what was asked for", () => {
    const bytes = fc.array(
      fc.constantFrom("\r\n", "\n", "\0", ";", ",", " ", "=", "\u00e9", "\u560a", "a", "/", ".", "-", "; Path=/x"),
      { maxLength: 5 },
    );
    const hostile = bytes.map((parts) => parts.join(""));
    const or = <T>(...good: T[]) =>
      fc.oneof({ weight: 8, arbitrary: fc.constantFrom<unknown>(...good) }, { weight: 1, arbitrary: hostile });
    const given = fc.record({
      name: or("session", "__Host-session", "__Secure-s", "sid"),
      value: or(token, ""),
      attributes: fc.record(
        {
          httpOnly: fc.boolean(),
          secure: fc.boolean(),
          sameSite: or("lax", "strict", "none"),
          path: or("/", "/app"),
          domain: or("shop.example", undefined),
          maxAge: fc.oneof(
            { weight: 6, arbitrary: fc.integer({ min: -5, max: 40_000_000 }) },
            fc.double(),
            hostile as fc.Arbitrary<unknown>,
          ),
          partitioned: or(true, false),
          priority: or("low", "medium", "high"),
        },
        { requiredKeys: ["httpOnly", "secure", "sameSite", "path"] },
      ),
    });
    let written = 0;
    fc.assert(
      fc.property(given, (input) => {
        let line: string;
        try {
          line = serializeCookie(input as SessionCookie);
        } catch (error) {
          if (!isSessionError(error, "CONFIG_INVALID", "CONFIG_COOKIE_INSECURE")) throw error;
          return;
        }
        written += 1;
        expect(line).toMatch(/^[\x20-\x7e]+$/);
        const [pair, ...parts] = line.split("; ");
        expect(pair).toBe(`${input.name}=${input.value}`);
        expect(parts).toEqual(expectedParts(input.attributes as CookieAttributes));
      }),
      { numRuns: 20_000 },
    );
    expect(written).toBeGreaterThan(500);
  });

  it("never shows the value in an error", () => {
    const secret = `${token}\r\nX: y`;
    const error = refusal(() => serializeCookie(cookie({}, "session", secret)));
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(token.slice(4, 30));
  });

  it("escapes what it shows, and shortens it", () => {
    const error = refusal(() => serializeCookie(cookie({ path: `\r\n${"x".repeat(10_000)}` }, "session")));
    expect(error.message).toMatch(/^[\x20-\x7e…]+$/);
    expect(error.message.length).toBeLessThan(400);
  });
});

function expectedParts(attributes: CookieAttributes): string[] {
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  return [
    `Path=${attributes.path}`,
    attributes.domain === undefined ? "" : `Domain=${attributes.domain}`,
    attributes.maxAge === undefined ? "" : `Max-Age=${attributes.maxAge}`,
    attributes.httpOnly ? "HttpOnly" : "",
    attributes.secure ? "Secure" : "",
    `SameSite=${capital(attributes.sameSite)}`,
    attributes.partitioned ? "Partitioned" : "",
    attributes.priority === undefined ? "" : `Priority=${capital(attributes.priority)}`,
  ].filter(Boolean);
}

describe("what browsers would drop", () => {
  it.each([
    ["C2", "__Host- without Secure", cookie({ secure: false }), "CONFIG_COOKIE_INSECURE"],
    [
      "C2",
      "__host- in lower case without Secure",
      cookie({ secure: false }, "__host-session"),
      "CONFIG_COOKIE_INSECURE",
    ],
    ["C2", "__Secure- without Secure", cookie({ secure: false }, "__Secure-session"), "CONFIG_COOKIE_INSECURE"],
    ["C2", "__SECURE- without Secure", cookie({ secure: false }, "__SECURE-session"), "CONFIG_COOKIE_INSECURE"],
    ["C2", "__Host- with a domain", cookie({ domain: "shop.example" }), "CONFIG_INVALID"],
    ["C2", "__hOsT- with a domain", cookie({ domain: "shop.example" }, "__hOsT-session"), "CONFIG_INVALID"],
    ["C2", "__Host- with a path", cookie({ path: "/app" }), "CONFIG_INVALID"],
    ["C2", "__Http- for scripts", cookie({ httpOnly: false }, "__Http-session"), "CONFIG_COOKIE_INSECURE"],
    ["C2", "__Host-Http- for scripts", cookie({ httpOnly: false }, "__Host-Http-session"), "CONFIG_COOKIE_INSECURE"],
    [
      "C3",
      "SameSite=None without Secure",
      cookie({ secure: false, sameSite: "none" }, "session"),
      "CONFIG_COOKIE_INSECURE",
    ],
    [
      "C14",
      "Partitioned without Secure",
      cookie({ secure: false, partitioned: true }, "session"),
      "CONFIG_COOKIE_INSECURE",
    ],
    ["C11", "a life of a second over 400 days", cookie({ maxAge: 34_560_001 }), "CONFIG_INVALID"],
  ] as const)("%s: %s", (_id, _why, given, code) => expect(refusal(() => serializeCookie(given)).code).toBe(code));

  it("C11: 400 days are written", () =>
    expect(serializeCookie(cookie({ maxAge: 34_560_000 }))).toContain("Max-Age=34560000;"));

  it.each([4095, 4096])("C9: a name and value of %d bytes are written", (size) => {
    expect(serializeCookie(cookie({}, "session", "v".repeat(size - 7)))).toHaveLength(
      size + "=; Path=/; HttpOnly; Secure; SameSite=Lax".length,
    );
  });

  it("C9: a name and value of 4,097 bytes are refused", () => {
    const error = refusal(() => serializeCookie(cookie({}, "session", "v".repeat(4090))));
    expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining("4096 bytes") });
  });
});

describe("round trips", () => {
  const octets = fc.string({ unit: fc.constantFrom(..."!#$%&'()*+-./0123456789:<=>?@AZ[]^_`az{|}~"), maxLength: 100 });
  const names = fc.string({ unit: fc.constantFrom(..."!#$%&'*+-.09AZ^_`az|~"), minLength: 1, maxLength: 30 });

  it("C16, C17: what is written is read back, byte for byte", () => {
    fc.assert(
      fc.property(names, octets, (name, value) => {
        fc.pre(!/^__/.test(name));
        const [pair = ""] = serializeCookie(cookie({}, name, value)).split("; ");
        expect(cookieValues(`a=b; ${pair}; c=d`, name)).toContain(value);
      }),
    );
  });

  it("C5: the cookie package reads the same attributes", () => {
    const attributes = fc.record(
      {
        httpOnly: fc.boolean(),
        secure: fc.constant(true),
        sameSite: fc.constantFrom("lax", "strict", "none"),
        path: fc.constantFrom("/", "/app", "/a/b%20c"),
        domain: fc.constantFrom("shop.example", "a.b.c.example"),
        maxAge: fc.integer({ min: 0, max: 34_560_000 }),
        partitioned: fc.constant(true),
        priority: fc.constantFrom("low", "medium", "high"),
      },
      { requiredKeys: ["httpOnly", "secure", "sameSite", "path"] },
    ) as fc.Arbitrary<CookieAttributes>;
    fc.assert(
      fc.property(attributes, octets, (given, value) => {
        const read = parseSetCookie(serializeCookie({ name: "session", value, attributes: given }), {
          decode: (text) => text,
        });
        const { httpOnly, ...rest } = given;
        expect(read).toEqual({ name: "session", value, ...rest, ...(httpOnly && { httpOnly }) });
      }),
    );
  });
});

describe("replaceSetCookie", () => {
  it.each<[string, string[], string, string[]]>([
    ["nothing before", [], "s=1; Path=/", ["s=1; Path=/"]],
    ["others stay, in order", ["a=1", "b=2; Path=/", "c=3"], "s=1", ["a=1", "b=2; Path=/", "c=3", "s=1"]],
    ["the last state wins", ["s=1; Path=/", "a=1"], "s=2", ["a=1", "s=2"]],
    ["every earlier line goes", ["s=1", "a=1", "s=2; Max-Age=0", "s=3"], "s=4", ["a=1", "s=4"]],
    ["blanks around the name", [" s =1", "\ts\t=2", "a=1"], "s=3", ["a=1", "s=3"]],
    ["another case", ["S=1"], "s=2", ["S=1", "s=2"]],
    ["a longer name", ["s2=1", "xs=1", "s.0=1"], "s=2", ["s2=1", "xs=1", "s.0=1", "s=2"]],
    ["a no-break space", ["\u00a0s=1"], "s=2", ["\u00a0s=1", "s=2"]],
    ["the name in a value", ["a=s=1", "a=b; s=1"], "s=2", ["a=s=1", "a=b; s=1", "s=2"]],
    ["nameless lines", ["s", "=s", "s; a=b", ""], "s=2", ["s", "=s", "s; a=b", "", "s=2"]],
    [
      "commas in dates",
      ["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
      "s=2",
      ["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "s=2"],
    ],
  ])("C12, C13: %s", (_why, lines, line, result) => expect(replaceSetCookie(lines, line)).toEqual(result));

  it("C12: the list given is not changed", () => {
    const lines = Object.freeze(["s=1", "a=1"]);
    expect(replaceSetCookie(lines, "s=2")).toEqual(["a=1", "s=2"]);
    expect(lines).toEqual(["s=1", "a=1"]);
  });

  it("C13: whatever was written, one line per name of ours remains, and all of the others'", () => {
    const others = fc.array(fc.constantFrom("a=1", "b=2; Path=/x", "session2=3", "=4"));
    const ours = fc.array(fc.constantFrom("session=1; Path=/", "session=2", "session=; Max-Age=0"), { minLength: 1 });
    fc.assert(
      fc.property(others, ours, (app, written) => {
        const lines = written.reduce<string[]>(replaceSetCookie, [...app]);
        expect(lines).toEqual([...app, written.at(-1)]);
      }),
    );
  });
});
