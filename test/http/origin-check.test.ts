import { describe, expect, it } from "vitest";
import { foreignReason } from "../../src/http/origin-check.ts";

const reasonOf = (headers: Readonly<Record<string, string>>, origins?: readonly string[]) =>
  foreignReason({ method: "POST", header: (name) => headers[name] ?? null }, { origins, trusted: [] });

describe("X1 X6 without origins of the configuration, a request is our own when its origin is that of its Host", () => {
  it.each([
    ["shop.example", "https://shop.example"],
    ["shop.example", "http://shop.example"],
    ["shop.example:443", "https://shop.example"], // some proxies write the port of the scheme
    ["shop.example:80", "http://shop.example"],
    ["SHOP.Example", "https://shop.example"], // host names have no case
    ["shop.example:8443", "https://shop.example:8443"],
    ["xn--bcher-kva.example", "https://xn--bcher-kva.example"],
    ["[::1]:3000", "http://[::1]:3000"],
    ["[0:0:0:0:0:0:0:1]:3000", "http://[::1]:3000"],
  ])("Host %s, Origin %s: our own", (host, origin) => {
    expect(reasonOf({ host, origin })).toBeNull();
    expect(reasonOf({ host, referer: `${origin}/cart?a=1` })).toBeNull();
  });

  it.each([
    ["shop.example", "https://shop.example:8443"],
    ["shop.example:8443", "https://shop.example"],
    ["shop.example:443", "http://shop.example"],
    ["shop.example:80", "https://shop.example"],
    ["shop.example", "https://shop.example."],
    ["shop.example", "https://www.shop.example"],
    ["shop.example", "ftp://shop.example"],
    ["evil.test@shop.example", "https://evil.test"],
  ])("Host %s, Origin %s: foreign", (host, origin) => {
    expect(reasonOf({ host, origin })).toBe("origin");
    expect(reasonOf({ host, referer: `${origin}/cart` })).toBe("referer");
  });

  it("a Host that is none, or is missing, has no origin", () => {
    for (const host of ["", " ", "a b", "[", "null"])
      expect(reasonOf({ host, origin: "https://shop.example" })).toBe("origin");
    expect(reasonOf({ origin: "https://shop.example" })).toBe("origin");
    expect(reasonOf({ host: "shop.example", origin: "null" })).toBe("origin");
  });
});

describe.each([[undefined], [["https://shop.example"]]])("X1 with origins %j", (origins) => {
  // No browser writes an origin so: whoever does is none.
  it.each([
    "https://shop.example:443",
    "HTTPS://shop.example",
    "https://SHOP.example",
    "https://shop.example/",
    " https://shop.example",
  ])("%j, which is no origin's spelling, is foreign", (origin) =>
    expect(reasonOf({ host: "shop.example", origin }, origins)).toBe("origin"),
  );

  it("a Referer counts by the origin of its address, however that is written", () => {
    for (const referer of ["https://shop.example", "https://shop.example:443/cart", "HTTPS://SHOP.example/#a"])
      expect(reasonOf({ host: "shop.example", referer }, origins), referer).toBeNull();
  });
});
