import { describe, expect, it } from "vitest";
import { type CountryRequest, countryOf } from "../../../src/extensions/commerce/country.ts";
import { activeEntitlements, byType, permits } from "../../../src/extensions/commerce/entitlement.ts";
import { purchase } from "./rows.ts";
import { buy, Customer, shop } from "./shop.ts";

const day = 86_400_000;

describe("what a visitor owns", () => {
  it("is nothing for an anonymous visitor, and nobody is asked", async () => {
    const here = shop();
    await new Customer(here).visit(async ({ commerce }) => {
      expect(await commerce.purchases()).toEqual([]);
      expect(await commerce.entitlements()).toEqual({});
      expect([await commerce.hasPurchased("course"), await commerce.has("course_access", "intro")]).toEqual([
        false,
        false,
      ]);
      expect([await commerce.isRegionRestricted(), await commerce.availableUpgrades()]).toEqual([false, []]);
    });
    expect(here.calls).toEqual({});
    expect(here.store.total()).toBe(0);
  });

  it("is asked once per request, and only when it is asked for", async () => {
    const here = shop();
    await buy(here, "ada", "course");
    const customer = new Customer(here);
    await customer.signIn("ada");
    for (const name of Object.keys(here.calls)) delete here.calls[name];
    await customer.visit((session) => void session.commerce.country);
    expect(here.calls).toEqual({});
    await customer.visit(async (session) => {
      for (let times = 0; times < 5; times++) {
        await Promise.all([session.commerce.purchases(), session.commerce.hasPurchased("course")]);
        await Promise.all([
          session.commerce.entitlements(),
          session.commerce.has("chat"),
          session.commerce.availableUpgrades(),
        ]);
      }
    });
    expect(here.calls).toEqual({ purchasesOf: 1, entitlementsOf: 1 });
  });

  it("comes with a purchase: rights for contents, until they end", async () => {
    const here = shop();
    await buy(here, "ada", "course");
    const customer = new Customer(here);
    await customer.signIn("ada");
    const rights = () =>
      customer.visit(async ({ commerce }) => [
        await commerce.hasPurchased("course"),
        await commerce.has("course_access", "intro"),
        await commerce.has("course_access", "other"),
        await commerce.has("course_access"),
        await commerce.has("chat"),
        await commerce.has("__proto__"),
      ]);
    expect(await rights()).toEqual([true, true, false, false, true, false]);
    const ends = await customer.visit(async ({ commerce }) => (await commerce.entitlements()).chat?.[0]?.expiresAt);
    expect(ends).toBe(here.runtime.now() + 30 * day);
    here.runtime.advance(30 * day - 1);
    await customer.signIn("ada");
    expect((await rights())[4]).toBe(true);
    here.runtime.advance(1);
    expect((await rights())[4]).toBe(false);
  });

  it("is nobody else's", async () => {
    const here = shop();
    await buy(here, "ada", "course");
    const eve = new Customer(here);
    await eve.signIn("eve");
    await eve.visit(async ({ commerce }) => {
      expect(await commerce.purchases()).toEqual([]);
      expect(await commerce.has("course_access", "intro")).toBe(false);
    });
  });

  it("counts refunded purchases for nothing, and a team purchase for no product", async () => {
    const here = shop();
    await here.data.addPurchase({ purchase: purchase({ id: "a", status: "Refunded" }), entitlements: [] });
    await here.data.addPurchase({ purchase: purchase({ id: "b", productId: "book", quantity: 5 }), entitlements: [] });
    const customer = new Customer(here);
    await customer.signIn("ada");
    await customer.visit(async ({ commerce }) => {
      expect((await commerce.purchases()).map(({ id, status }) => [id, status])).toEqual([
        ["a", "Refunded"],
        ["b", "Valid"],
      ]);
      expect([await commerce.hasPurchased("course"), await commerce.hasPurchased("book")]).toEqual([false, false]);
    });
  });

  it("of a purchase for one country counts there only, and nowhere while the country is unknown", async () => {
    const here = shop();
    const customer = new Customer(here);
    await customer.signIn("ada");
    const inIndia = { "x-country": "IN" };
    await customer.visit(async ({ commerce }) => {
      const order = await commerce.checkout({ items: [{ productId: "course" }] });
      if (order.status === "started") await commerce.confirm(order.orderId);
      expect((await commerce.purchases())[0]).toMatchObject({ status: "Restricted", country: "IN", total: 4_000 });
    }, inIndia);
    const seen = (headers: Record<string, string>) =>
      customer.visit(async ({ commerce }) => {
        const restricted = [await commerce.isRegionRestricted(), await commerce.isRegionRestricted("book")];
        return [await commerce.has("course_access", "intro"), await commerce.hasPurchased("course"), ...restricted];
      }, headers);
    expect(await seen(inIndia)).toEqual([true, true, false, false]);
    expect(await seen({ "x-country": "de" })).toEqual([false, true, true, false]);
    expect(await seen({})).toEqual([false, true, true, false]);
    await buy(here, "ada", "course"); // at the full price: it lifts the restriction
    expect(await seen({})).toEqual([true, true, false, false]);
  });

  it("may be upgraded: once, and not what is there already", async () => {
    const here = shop();
    await buy(here, "ada", "course");
    const customer = new Customer(here);
    await customer.signIn("ada");
    await customer.visit(async ({ commerce }) => {
      const [upgrade] = await commerce.availableUpgrades();
      expect(upgrade).toMatchObject({ productId: "bundle", credit: 10_000 });
      const { upgradeFrom = "" } = upgrade ?? {};
      expect(await commerce.price("bundle", { upgradeFrom })).toMatchObject({ calculatedPrice: 15_000, upgradeFrom });
      expect(await commerce.price("book", { upgradeFrom })).toMatchObject({
        calculatedPrice: 1_999,
        upgradeFrom: null,
      });
      const items = [{ productId: "bundle", upgradeFrom }];
      const order = await commerce.checkout({ items });
      expect(order).toMatchObject({ status: "started", total: 15_000 });
      if (order.status === "started") expect(await commerce.confirm(order.orderId)).toBe("fulfilled");
      expect(await commerce.availableUpgrades()).toEqual([]);
      expect(await commerce.checkout({ items })).toMatchObject({ total: 25_000 });
    });
    const eve = new Customer(here);
    await eve.signIn("eve");
    const [first] = await here.data.purchasesOf("ada");
    await eve.visit(async ({ commerce }) => {
      const stolen = await commerce.price("bundle", { upgradeFrom: first?.id ?? "" });
      expect(stolen).toMatchObject({ calculatedPrice: 25_000, upgradeFrom: null });
    });
  });
});

describe("rights", () => {
  const right = { type: "a", contentIds: ["x"], expiresAt: 100, purchaseId: null, country: null };

  it.each([
    [99, true],
    [100, false],
    [101, false],
  ])("that end at 100 count at %s: %s", (now, counts) => {
    expect(activeEntitlements([right], now, null).length === 1).toBe(counts);
  });

  it("for everything are for each content, and types are told apart", () => {
    const rights = byType([right, { ...right, type: "b", contentIds: [] }]);
    expect(Object.keys(rights)).toEqual(["a", "b"]);
    const asked: [string, string | undefined][] = [["a", "x"], ["a", "y"], ["a", undefined], ["b", "y"], ["b", undefined], ["c", "x"], ["constructor", "x"]]; // biome-ignore format: a table
    expect(asked.map(([type, content]) => permits(rights, type, content))).toEqual([
      true,
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("the country", () => {
  const read = (headers: Record<string, string>) => (name: string) => headers[name] ?? null;
  const sources = [{ header: "x-a" }, () => "FR", { always: "US" }] as const;

  it.each([
    [{ "x-a": "de" }, sources, "DE"],
    [{ "x-a": " in " }, sources, "IN"],
    [{ "x-a": "XX" }, sources, "FR"],
    [{ "x-a": "T1" }, sources, "FR"],
    [{ "x-a": "Germany" }, sources, "FR"],
    [{ "x-b": "DE" }, sources, "FR"],
    [{}, [{ header: "x-a" }, { always: "US" }], "US"],
    [{}, { header: "x-a" }, null],
    [{ "x-a": "DE\r\nX" }, { header: "x-a" }, null],
    [{}, () => null, null],
  ] as const)("of %j by %j is %s", (headers, from, country) => {
    expect(countryOf(from, { header: read(headers), data: {} })).toBe(country);
  });

  it("may be what the session holds, where the application says so", () => {
    const chosen = [{ header: "x-a" }, ({ data }: CountryRequest) => String(data.shoppingFrom ?? "")];
    const from = (headers: Record<string, string>, data: object) =>
      countryOf(chosen, { header: read(headers), data: { ...data } });
    expect(from({}, { shoppingFrom: "IN" })).toBe("IN");
    expect(from({ "x-a": "DE" }, { shoppingFrom: "IN" })).toBe("DE");
    expect(from({}, {})).toBeNull();
  });
});
