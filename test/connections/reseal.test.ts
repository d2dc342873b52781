import { describe, expect, it } from "vitest";
import { type Link, withFresh } from "../../src/connections/link.ts";
import { createSeal } from "../../src/connections/seal.ts";
import { createSealedTokens } from "../../src/connections/sealed-tokens.ts";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { callbackOf, openShop, secrets } from "./shop.ts";
import { taggedProvider } from "./tagged-provider.ts";

const [old, lost, fresh] = ["old", "lost", "fresh"].map((word) => word.repeat(12)) as [string, string, string];
const owner = { userId: "anna", provider: "tagged" };
const granted = { accessToken: "access", lasts: 600_000, refreshToken: "refresh", scope: null };

const tokensWith = (...given: string[]) => createSealedTokens(createSeal(given));

describe("A link that is sealed anew", () => {
  it("has what opens sealed with the first secret, and the rest as it was", async () => {
    const linked = await tokensWith(old).linked(owner, null, { subject: "1", claims: {} }, granted, 0);
    const more = await tokensWith(lost).granted(owner, "other", { ...granted, refreshToken: null }, 0);
    const other = withFresh(linked, more);
    const { changed, isWhole } = await tokensWith(fresh, old).resealed(owner, other);
    expect(isWhole).toBe(false);
    const link = changed as Link;
    expect(await tokensWith(fresh).refreshToken(owner, link)).toBe("refresh");
    expect(link.access.other).toEqual(other.access.other);
    expect(await tokensWith(fresh, old).resealed(owner, link)).toEqual({ changed: null, isWhole: false });
    const whole = await tokensWith(fresh, lost).resealed(owner, link);
    expect(whole.isWhole).toBe(true);
    expect(await tokensWith(fresh).resealed(owner, whole.changed as Link)).toEqual({ changed: null, isWhole: true });
  });

  it("is told where it changes at every attempt, and nothing is told of one that is whole", async () => {
    const tagged = taggedProvider();
    const store = memoryStore();
    const runtime = fakeRuntime({ now: Date.now() });
    const shopWith = (place: SessionStore, ...given: string[]) =>
      openShop({ tagged: tagged.provider }, { store: place, runtime, fetch: tagged.fetch, secrets: given });
    const browser = shopWith(store, ...secrets).visitor();
    const state = new URL(await browser.begin("sign-in-with", "tagged")).searchParams.get("state");
    await browser.comeBack(`${callbackOf("tagged")}?code=anna&state=${state}`);
    const left: unknown[] = [];
    const reseal = (place: SessionStore) =>
      shopWith(place, fresh, ...secrets).connection.reseal(["tagged:anna"], { onLeft: (one) => left.push(one) });
    // Somebody is always quicker: every change comes to a record that has been replaced.
    const busy: SessionStore = {
      ...store,
      update: (id, change, now) => store.update(id, { ...change, generation: 9 }, now),
    };
    expect(await reseal(busy)).toBe(0);
    expect(left).toEqual([{ userId: "tagged:anna", provider: "tagged", reason: "contended" }]);
    expect([await reseal(store), await reseal(store)]).toEqual([1, 0]);
    expect(left).toHaveLength(1);
  });
});
