import { isIP, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatIpAddress, formatNetwork, isInRange, parseIpAddress, parseIpRange } from "../../src/ip-address.ts";

/** What a text says, written as we write it. */
const written = (text: string) => {
  const address = parseIpAddress(text);
  return address && formatIpAddress(address);
};

const network = (text: string) => {
  const address = parseIpAddress(text);
  return address && formatNetwork(address);
};

describe("an address as text", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::FFFF:cb00:7107", "203.0.113.7"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["64:ff9b::203.0.113.7", "64:ff9b::cb00:7107"],
    ["fe80::1%eth0", "fe80::1"],
    ["fe80::1%25", "fe80::1"],
  ])("%s is written as %s", (text, expected) => {
    expect(written(text)).toBe(expected);
  });

  it.each([
    "",
    " ",
    "unknown",
    "localhost",
    "256.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "0x7f.0.0.1",
    "2130706433",
    "1.2.3.4/24",
    "1.2.3.4 ",
    "1.2.3.4\n",
    ":",
    ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "1:2:3:4:5:6:7::8",
    "12345::",
    "g::1",
    "::1.2.3.4.5",
    "1.2.3.4::",
    "fe80::1%",
    "fe80::1%eth0\r\n",
    `::${"1".repeat(1_000_000)}`,
  ])("%j is no address", (text) => {
    expect(parseIpAddress(text)).toBeNull();
  });

  it("is read as Node.js reads it, for any text over its alphabet", () => {
    const text = fc.string({ unit: fc.constantFrom(..."0123456789abfF.:"), maxLength: 45 });
    fc.assert(
      fc.property(text, (given) => (parseIpAddress(given) !== null) === (isIP(given) !== 0)),
      { numRuns: 5_000 },
    );
  });

  it("is read for every address that there is, and written as the URL standard writes it", () => {
    fc.assert(fc.property(fc.ipV4(), (given) => written(given) === given));
    fc.assert(
      fc.property(fc.ipV6(), (given) => {
        const ours = written(given) as string;
        if (!isIPv6(ours)) return ours === new URL(`http://${ours}`).hostname;
        return ours === new URL(`http://[${given}]`).hostname.slice(1, -1);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is the same address after it was written and read again", () => {
    const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, (given) => {
        expect(parseIpAddress(formatIpAddress(given))).toEqual(given);
      }),
    );
  });
});

describe("a network", () => {
  it.each([
    ["203.0.113.77", "203.0.113.0/24"],
    ["::ffff:203.0.113.77", "203.0.113.0/24"],
    ["2001:db8:1234:5678:9abc::1", "2001:db8:1234::/48"],
    ["2001:db8::1", "2001:db8::/48"],
    ["::1", "::/48"],
  ])("of %s is %s", (text, expected) => {
    expect(network(text)).toBe(expected);
  });

  it("holds the address that it was made of, and says nothing of its last bits", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(255), (given, last) => {
        const neighbour = given.replace(/\d+$/, String(last));
        expect(network(neighbour)).toBe(network(given));
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (given) => {
        const range = parseIpRange(network(given) as string);
        const address = parseIpAddress(given);
        return range !== null && address !== null && isInRange(address, range);
      }),
    );
  });
});

describe("a block of addresses", () => {
  it.each([
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["10.1.2.3/8", "10.9.9.9", true],
    ["10.0.0.7", "10.0.0.7", true],
    ["10.0.0.7", "10.0.0.8", false],
    ["10.0.0.0/8", "::ffff:10.1.1.1", true],
    ["::ffff:10.0.0.0/104", "10.1.1.1", true],
    ["2001:db8::/33", "2001:db8:7fff::1", true],
    ["2001:db8::/33", "2001:db8:8000::1", false],
    ["2001:db8::1/128", "2001:db8::1", true],
    ["10.0.0.0/8", "a00::1", false],
  ])("%s and %s: %s", (block, text, expected) => {
    const [range, address] = [parseIpRange(block), parseIpAddress(text)];
    expect(range && address && isInRange(address, range)).toBe(expected);
  });

  it.each(["", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/8/8", "10.0.0.0/-1", "10/8", "10.0.0.0/8 "])(
    "%j is none",
    (text) => {
      expect(parseIpRange(text)).toBeNull();
    },
  );
});
