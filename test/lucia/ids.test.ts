import { describe, expect, it } from "vitest";
import {
  generateId,
  generateIdFromEntropySize,
  TimeSpan,
  verifyRequestOrigin,
} from "../../src/adapters/lucia/index.ts";

describe("ids of users", () => {
  it.each([0, 1, 15, 40])("generateId(%i) has that many lower-case letters and digits", (length) => {
    expect(generateId(length)).toMatch(new RegExp(`^[a-z0-9]{${length}}$`));
  });

  it.each([
    [5, 8],
    [10, 16],
    [25, 40],
    [16, 26],
  ])("generateIdFromEntropySize(%i) has %i characters of base32", (size, length) => {
    expect(generateIdFromEntropySize(size)).toMatch(new RegExp(`^[a-z2-7]{${length}}$`));
  });

  it("use every character, and differ", () => {
    expect(new Set(generateId(5_000)).size).toBe(36);
    expect(new Set(generateIdFromEntropySize(5_000)).size).toBe(32);
    expect(new Set(Array.from({ length: 500 }, () => generateId(15))).size).toBe(500);
  });
});

describe("TimeSpan", () => {
  it("counts", () => {
    expect(new TimeSpan(2, "w").milliseconds()).toBe(1_209_600_000);
    expect(new TimeSpan(1.5, "m").seconds()).toBe(90);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])("refuses %d", (value) => {
    expect(() => new TimeSpan(value, "s")).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});

describe("verifyRequestOrigin", () => {
  it.each<[origin: string | null, hosts: string[], expected: boolean]>([
    ["https://shop.example", ["shop.example"], true],
    ["https://shop.example", ["https://shop.example"], true],
    ["http://localhost:3000", ["localhost:3000"], true],
    ["https://shop.example.evil", ["shop.example"], false],
    ["https://a.shop.example", ["shop.example"], false],
    ["https://shop.example:8443", ["shop.example"], false],
    ["null", ["null"], false],
    ["", [""], false],
    ["javascript:shop.example", ["shop.example"], false],
    [null, ["shop.example"], false],
  ])("%j of %j: %j", (origin, hosts, expected) => {
    expect(verifyRequestOrigin(origin, hosts)).toBe(expected);
  });
});
