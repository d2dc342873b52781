import nodeCrypto from "node:crypto";
import { describe, expect, it } from "vitest";
import { chooseMac, macOf } from "../../src/token/hmac.ts";

const secret = "0123456789abcdef0123456789abcdef";
const texts = ["", "a", "Änne 🎟", "x".repeat(5_000)];

describe("the HMAC of a purpose", () => {
  it("is the same in every runtime: what one signs, the other verifies", async () => {
    const [here, elsewhere] = [
      await chooseMac(nodeCrypto as never)(secret, "label"),
      await chooseMac(undefined)(secret, "label"),
    ];
    for (const text of texts) expect(await here(text)).toBe(await elsewhere(text));
    expect(await (await macOf(secret, "label"))("a")).toBe(await here("a"));
  });

  it("differs by secret and by label", async () => {
    const of = async (key: string, label: string) => (await macOf(key, label))("a");
    const macs = [await of(secret, "one"), await of(secret, "two"), await of(`${secret}x`, "one")];
    expect(new Set(macs).size).toBe(3);
  });
});
