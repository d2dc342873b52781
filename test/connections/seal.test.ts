import { describe, expect, it } from "vitest";
import { createSeal, type Seal } from "../../src/connections/seal.ts";

const [first, other] = ["the first secret, which is long enough", "another secret, which is long enough"];
const place = ["anna", "github", "refresh"];
const text = "a token of the provider";

/** Of the places where a text was not sealed, those where it opens all the same. */
async function opensAt(seal: Seal): Promise<string[][]> {
  const sealed = await seal.seal(text, place);
  const places = [
    ["bob", "github", "refresh"],
    ["anna", "google", "refresh"],
    ["anna", "github", "access", ""],
    ["anna", "github"],
    ["anna,github", "refresh"],
  ];
  const opened = await Promise.all(places.map((one) => seal.open(sealed, one)));
  return places.filter((_, index) => opened[index] !== null);
}

describe("A seal", () => {
  it("opens at its place, differs each time, and shows nothing", async () => {
    const seal = createSeal([first]);
    const [one, two] = await Promise.all([seal.seal(text, place), seal.seal(text, place)]);
    expect(one).not.toBe(two);
    expect(await seal.open(one, place)).toBe(text);
    expect(await seal.open(two, place)).toBe(text);
    expect(Buffer.from(one, "base64url").toString("latin1")).not.toContain(text);
    expect(await createSeal([first]).open(await seal.seal("", place), place)).toBe("");
  });

  it("O1 opens nowhere else", async () => {
    expect(await opensAt(createSeal([first]))).toEqual([]);
  });

  it("O1 control: without a place it opens everywhere", async () => {
    const seal = createSeal([first]);
    const placeless = {
      ...seal,
      seal: (given: string) => seal.seal(given, []),
      open: (given: string) => seal.open(given, []),
    };
    expect(await opensAt(placeless)).toHaveLength(5);
  });

  it("O1 refuses a shorter tag, and every change of a character", async () => {
    const seal = createSeal([first]);
    const sealed = await seal.seal(text, place);
    const [head = "", tag = ""] = [sealed.slice(0, -22), sealed.slice(-22)];
    for (let bytes = 0; bytes < 16; bytes++) {
      const short = Buffer.from(tag, "base64url").subarray(0, bytes).toString("base64url");
      expect([bytes, await seal.open(head + short, place)]).toEqual([bytes, null]);
    }
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
      const opened = await seal.open(changed, place);
      expect([at, opened]).toEqual([at, null]);
    }
  });

  it("opens nothing that is no seal", async () => {
    const seal = createSeal([first]);
    for (const given of ["", "....", "null", "bnVsbA..AAAAAAAAAAAAAAAA..AAAAAAAAAAAAAAAAAAAAAA", "a".repeat(100_000)])
      expect(await seal.open(given, place)).toBeNull();
  });

  it("O3 is made with the first secret, and opens with any of them", async () => {
    const before = await createSeal([first]).seal(text, place);
    const both = createSeal([other, first]);
    expect(await both.open(before, place)).toBe(text);
    expect(await both.isCurrent(before)).toBe(false);
    const after = await both.seal(text, place);
    expect(await both.isCurrent(after)).toBe(true);
    expect(await createSeal([other]).open(after, place)).toBe(text);
    expect(await createSeal([other]).open(before, place)).toBeNull();
  });

  it("derives texts that follow from the secret and the parts", async () => {
    const seal = createSeal([first]);
    const id = await seal.keyId();
    const derived = await Promise.all([["a"], ["b"], ["a", ""]].map((parts) => seal.derive(id, parts)));
    expect(new Set(derived).size).toBe(3);
    expect(derived[0]).toMatch(/^[\w-]{43}$/);
    expect(await seal.derive("unknown", ["a"])).toBeNull();
    expect(await createSeal([other, first]).derive(id, ["a"])).toBe(derived[0]);
  });
});
