import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DeviceOptions, resolveDevices } from "../../src/core/devices.ts";
import { findClientAddress } from "../../src/http/client-address.ts";
import { formatIpAddress } from "../../src/ip-address.ts";

/** The visitor's address, for a connection and its `X-Forwarded-For`. */
function addressOf(options: DeviceOptions, peer: string | null, forwarded?: string | null): string | null {
  const problems: string[] = [];
  const policy = resolveDevices({ address: "full", ...options }, (message) => problems.push(message));
  expect(problems).toEqual([]);
  const header = (name: string) => (name === "x-forwarded-for" ? (forwarded ?? null) : null);
  const address = findClientAddress({ header, peer: () => peer }, policy);
  return address && formatIpAddress(address);
}

const proxy = "10.0.0.1";
const visitor = "203.0.113.7";
const victim = "198.51.100.66";
const trusted = { trustedProxies: ["10.0.0.0/8", "2001:db8:ffff::/48"] };

describe("without trusted proxies", () => {
  it.each([[undefined], [victim], [`${victim}, ${victim}`], ["127.0.0.1"]])(
    "X-Forwarded-For %j says nothing",
    (forwarded) => {
      expect(addressOf({}, visitor, forwarded)).toBe(visitor);
      expect(addressOf({ trustedProxies: 0 }, visitor, forwarded)).toBe(visitor);
      expect(addressOf({}, null, forwarded)).toBeNull();
    },
  );
});

describe("behind proxies named by their addresses", () => {
  it.each([
    ["one proxy", proxy, visitor, visitor],
    ["two proxies", proxy, `${visitor}, 10.0.0.2`, visitor],
    ["a proxy over IPv6", "2001:db8:ffff::1", visitor, visitor],
    ["a proxy over mapped IPv4", "::ffff:10.0.0.1", visitor, visitor],
    ["a port behind the address", proxy, `${visitor}:4711`, visitor],
    ["a port behind IPv6", proxy, "[2001:db8::7]:4711", "2001:db8::7"],
    ["brackets without a port", proxy, "[2001:db8::7]", "2001:db8::7"],
    ["spaces and tabs", proxy, ` \t${visitor}\t , 10.0.0.2 `, visitor],
    ["no header", proxy, undefined, proxy],
    ["an empty header", proxy, "", proxy],
    ["a visitor of the proxies' own network", proxy, "10.9.9.9, 10.0.0.2", "10.9.9.9"],
    ["an entry that is no address", proxy, "unknown", null],
    ["an obfuscated entry", proxy, `${victim}, _hidden`, null],
    ["an empty last entry", proxy, `${victim},`, null],
    ["an empty first entry", proxy, `,${visitor}`, visitor],
  ])("%s", (_case, peer, forwarded, expected) => {
    expect(addressOf(trusted, peer, forwarded)).toBe(expected);
  });

  it.each([
    ["what the visitor sent stands before what the proxy wrote", proxy, `${victim}, ${visitor}`, visitor],
    ["a chain that the visitor made up", proxy, `${victim}, 10.0.0.3, ${visitor}, 10.0.0.2`, visitor],
    ["a visitor who goes round the proxy", visitor, victim, visitor],
    ["a visitor who goes round the proxy and names it", visitor, `${victim}, ${proxy}`, visitor],
  ])("spoofed: %s", (_case, peer, forwarded, expected) => {
    expect(addressOf(trusted, peer, forwarded)).toBe(expected);
  });

  it("nothing that a visitor sends changes what the proxies say", () => {
    const entry = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string(),
      fc.constantFrom("10.0.0.9", "unknown", "", ",", "\u0000"),
    );
    fc.assert(
      fc.property(fc.array(entry), fc.integer({ min: 0, max: 3 }), (sent, proxies) => {
        const appended = [visitor, ...["10.0.0.2", "10.0.0.3", "10.0.0.4"].slice(0, proxies)];
        expect(addressOf(trusted, proxy, [...sent, ...appended].join(", "))).toBe(visitor);
        expect(addressOf({ trustedProxies: proxies + 1 }, proxy, [...sent, ...appended].join(", "))).toBe(visitor);
        expect(addressOf(trusted, visitor, sent.join(", "))).toBe(visitor);
      }),
    );
  });

  it("a header of a megabyte is read from its end only", () => {
    expect(addressOf(trusted, proxy, `${"10.0.0.1,".repeat(110_000)}${visitor}`)).toBe(visitor);
    expect(addressOf(trusted, proxy, `${"9".repeat(1_000_000)}`)).toBeNull();
  });

  it("no header is believed where the connection is not known", () => {
    expect(addressOf(trusted, null, visitor)).toBeNull();
    expect(addressOf(trusted, "a pipe", visitor)).toBeNull();
  });
});

describe("behind a number of proxies", () => {
  it.each([
    [1, proxy, visitor, visitor],
    [1, proxy, `${victim}, ${visitor}`, visitor],
    [2, proxy, `${victim}, ${visitor}, 192.0.2.1`, visitor],
    [2, proxy, visitor, visitor],
    [1, proxy, null, proxy],
    [1, proxy, "unknown", null],
    [1, null, `${victim}, ${visitor}`, visitor],
    [1, null, null, null],
    [3, null, `${victim}, ${visitor}, 192.0.2.1, 192.0.2.2`, visitor],
  ])("%i proxies, connection %s, header %j: %s", (trustedProxies, peer, forwarded, expected) => {
    expect(addressOf({ trustedProxies }, peer, forwarded)).toBe(expected);
  });
});

describe("what the application says of the address", () => {
  it.each([
    ["203.0.113.7", visitor],
    ["203.0.113.7:4711", visitor],
    ["::ffff:203.0.113.7", visitor],
    [null, null],
    [undefined, null],
    ["", null],
    ["somewhere\r\n", null],
    [42 as unknown as string, null],
    [Promise.resolve(visitor) as unknown as string, null],
  ])("%j counts as %s, whatever the connection", (said, expected) => {
    expect(addressOf({ ...trusted, clientAddress: () => said }, proxy, victim)).toBe(expected);
  });

  it("may come from a header that the platform sets", () => {
    const clientAddress: DeviceOptions["clientAddress"] = ({ header }) => header("x-forwarded-for");
    expect(addressOf({ clientAddress }, null, visitor)).toBe(visitor);
  });
});
