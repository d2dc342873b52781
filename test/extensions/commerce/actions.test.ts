import { describe, expect, it } from "vitest";
import { commerce, sqlCommerce, testPayments } from "../../../src/extensions/commerce/index.ts";
import { sqlDatabase } from "../../../src/extensions/sql/index.ts";
import { purchase } from "./rows.ts";
import { buy, Customer, products, shop } from "./shop.ts";

const lookupSecret = "a secret of at least thirty-two bytes";

async function customerOf(here: ReturnType<typeof shop>, userId: string): Promise<Customer> {
  const customer = new Customer(here);
  await customer.signIn(userId);
  return customer;
}

describe("R-A7 who acts is the session's user, whatever the body says", () => {
  it("in purchases", async () => {
    const here = shop();
    await buy(here, "ada", "course");
    const eve = await customerOf(here, "eve");
    expect(await eve.call("GET purchases", { userId: "ada" })).toEqual([200, { purchases: [] }]);
    const ada = await customerOf(here, "ada");
    const [status, body] = await ada.call("GET purchases");
    expect(status).toBe(200);
    const [shown] = (body as { purchases: object[] }).purchases;
    expect(shown).toMatchObject({ productId: "course", status: "Valid", total: 10_000 });
    expect(Object.keys(shown ?? {})).not.toContain("userId");
    expect(await new Customer(here).call("GET purchases")).toEqual([401, { error: "unauthenticated" }]);
    expect((await ada.call("purchases"))[0]).toBe(405);
  });

  it("in prices: neither a user nor a country is taken from the body", async () => {
    const here = shop();
    await buy(here, "ada", "course");
    const [owned] = await here.data.purchasesOf("ada");
    const eve = await customerOf(here, "eve");
    const input = { productId: "bundle", userId: "ada", country: "IN", upgradeFrom: owned?.id };
    expect(await eve.call("prices", input)).toMatchObject([200, { calculatedPrice: 25_000, country: null }]);
    const fromIndia = { "x-country": "IN" };
    expect(await eve.call("prices", input, fromIndia)).toMatchObject([200, { calculatedPrice: 10_000, country: "IN" }]);
    const ada = await customerOf(here, "ada");
    expect(await ada.call("prices", input)).toMatchObject([200, { calculatedPrice: 15_000 }]);
    expect(await new Customer(here).call("prices", { productId: "book", quantity: 5 })).toMatchObject([
      200,
      { calculatedPrice: 8_496 },
    ]);
    expect(await ada.call("prices", { productId: "nothing" })).toEqual([404, { error: "not_found" }]);
  });

  it.each([
    [{}, ["productId"]],
    [{ productId: 7 }, ["productId"]],
    [{ productId: "book", quantity: 0 }, ["quantity"]],
    [{ productId: "book", quantity: 1.5 }, ["quantity"]],
    [{ productId: "book", quantity: "many" }, ["quantity"]],
    [{ productId: "", coupon: {} }, ["productId", "coupon"]],
  ])("in prices: %j is refused", async (input, fields) => {
    expect(await new Customer(shop()).call("prices", input)).toEqual([400, { error: "invalid_input", fields }]);
  });

  it("in checkout: no amount is taken from the body", async () => {
    const here = shop();
    const ada = await customerOf(here, "ada");
    const input = {
      productId: "book",
      quantity: 2,
      total: 1,
      unitPrice: 1,
      calculatedPrice: 1,
      userId: "eve",
      returnTo: "//evil.example",
    };
    const [status, body] = await ada.call("checkout", input);
    expect([status, body]).toMatchObject([
      200,
      { status: "started", total: 3_998, payment: { url: expect.stringContaining("returnTo=%2F") } },
    ]);
    const order = await here.data.findOrder((body as { orderId: string }).orderId);
    expect([order?.userId, order?.total]).toEqual(["ada", 3_998]);
    expect(await new Customer(here).call("checkout", input)).toEqual([401, { error: "unauthenticated" }]);
  });

  it("in checkout: a plain form goes on to the provider", async () => {
    const here = shop();
    const ada = await customerOf(here, "ada");
    const response = await ada.post(
      "checkout?returnTo=/thanks",
      new URLSearchParams({ productId: "book", quantity: "5" }),
    );
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toMatch(/^\/test-payment\?order=[\w-]{22}&returnTo=%2Fthanks$/);
  });

  it("in redeem", async () => {
    const here = shop();
    const gift = {
      id: "c1",
      code: "GIFT",
      discount: { kind: "percentage", percent: 100 },
      productId: "course",
      maxUses: 2,
      expiresAt: null,
    } as const;
    await here.data.addCoupon(gift);
    await here.data.addCoupon({ ...gift, id: "c2", code: "HALF", discount: { kind: "percentage", percent: 50 } });
    await here.data.addCoupon({ ...gift, id: "c3", code: "ANY", productId: null });
    const ada = await customerOf(here, "ada");
    expect(await ada.call("redeem", { code: "GIFT", userId: "eve", email: "eve@example.com" })).toMatchObject([
      200,
      { status: "redeemed", productId: "course" },
    ]);
    expect(await ada.call("redeem", { code: "GIFT" })).toEqual([200, { status: "already" }]);
    for (const code of ["HALF", "ANY", "nothing"])
      expect(await ada.call("redeem", { code })).toEqual([200, { status: "unknown" }]);
    expect(await here.data.purchasesOf("eve")).toEqual([]);
    expect(await here.data.entitlementsOf("ada")).toHaveLength(2);
    expect(await (await customerOf(here, "bob")).call("redeem", { code: "GIFT" })).toMatchObject([
      200,
      { status: "redeemed" },
    ]);
    expect(await (await customerOf(here, "cleo")).call("redeem", { code: "GIFT" })).toEqual([200, { status: "used" }]);
    expect(await new Customer(here).call("redeem", { code: "GIFT" })).toEqual([401, { error: "unauthenticated" }]);
    expect(here.reports().filter(([name]) => name === "coupon-redeemed")).toHaveLength(2);
  });

  it("in claimed: only the owner of the seats sees who has them", async () => {
    const here = shop();
    await buy(here, "ada", "course", 5);
    const [team] = await here.data.purchasesOf("ada");
    const purchaseId = team?.id ?? "";
    const [ada, bob] = [await customerOf(here, "ada"), await customerOf(here, "bob")];
    const invited = await ada.visit(({ commerce: { seats } }) => seats.invite(purchaseId));
    await bob.visit(({ commerce: { seats } }) => seats.claim(invited.status === "invited" ? invited.code : ""));
    expect(await ada.call("GET claimed", { purchaseId })).toEqual([
      200,
      { seats: [{ userId: "bob", claimedAt: here.runtime.now() }] },
    ]);
    expect(await bob.call("GET claimed", { purchaseId, userId: "ada" })).toEqual([404, { error: "not_found" }]);
    expect(await new Customer(here).call("GET claimed", { purchaseId })).toEqual([401, { error: "unauthenticated" }]);
  });

  it("in transfer: by its owner, to somebody who was found", async () => {
    const recipient = (to: string) => (to === "eve@example.com" ? "eve" : null);
    const here = shop({ recipient });
    await buy(here, "ada", "course");
    const [owned] = await here.data.purchasesOf("ada");
    const purchaseId = owned?.id ?? "";
    const [ada, bob] = [await customerOf(here, "ada"), await customerOf(here, "bob")];
    expect(await bob.call("transfer", { purchaseId, to: "eve@example.com", userId: "ada" })).toEqual([
      200,
      { status: "missing" },
    ]);
    expect(await ada.call("transfer", { purchaseId, to: "nobody" })).toEqual([200, { status: "unknown-recipient" }]);
    expect(await ada.call("transfer", { purchaseId, to: "eve@example.com" })).toEqual([200, { status: "transferred" }]);
    expect(await here.data.purchasesOf("eve")).toHaveLength(1);
    expect(await here.data.entitlementsOf("eve")).toHaveLength(2);
    expect(await here.data.entitlementsOf("ada")).toEqual([]);
    expect(await new Customer(here).call("transfer", { purchaseId, to: "eve@example.com" })).toEqual([
      401,
      { error: "unauthenticated" },
    ]);
  });

  it("and requests of other sites are refused", async () => {
    const ada = await customerOf(shop(), "ada");
    const foreign = { origin: "https://evil.example" };
    for (const action of ["checkout", "redeem", "transfer", "prices"]) {
      expect(await ada.call(action, { productId: "book", code: "GIFT", purchaseId: "p", to: "eve" }, foreign)).toEqual([
        403,
        { error: "cross_site_request" },
      ]);
    }
  });
});

describe("R-A18 lookup", () => {
  const ask = async (here: ReturnType<typeof shop>, headers: Record<string, string>) => {
    const request = {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: '{"userId":"ada"}',
    };
    const response = await here.sessions.handler(new Request("https://shop.example/api/session/lookup", request));
    return [response.status, await response.json()];
  };

  it("answers a machine that knows the secret", async () => {
    const here = shop({ lookupSecret });
    await here.data.addPurchase({ purchase: purchase(), entitlements: [] });
    expect(await ask(here, { authorization: `Bearer ${lookupSecret}` })).toEqual([
      200,
      { purchases: [purchase()], entitlements: [] },
    ]);
  });

  it.each([
    ["nothing", {}],
    ["another secret", { authorization: `Bearer ${lookupSecret.replace("a", "b")}` }],
    ["a part of it", { authorization: `Bearer ${lookupSecret.slice(0, -1)}` }],
    ["more than it", { authorization: `Bearer ${lookupSecret}x` }],
    ["another scheme", { authorization: `Basic ${lookupSecret}` }],
    ["undefined", { authorization: "Bearer undefined" }],
    ["an empty one", { authorization: "Bearer " }],
  ])("refuses %s, with a secret and without", async (_, headers) => {
    for (const here of [shop({ lookupSecret }), shop(), shop({ lookupSecret: undefined })]) {
      const [status] = await ask(here, headers);
      expect(status).toBe(401);
      expect(here.calls).toEqual({});
    }
  });

  it("is nothing for a user", async () => {
    const here = shop({ lookupSecret });
    expect((await (await customerOf(here, "ada")).call("lookup", { userId: "ada" }))[0]).toBe(401);
  });
});

describe("team seats", () => {
  it("are invited to by their owner and claimed once by each user, who then owns the product", async () => {
    const here = shop();
    await buy(here, "ada", "course", 5);
    const [ada, bob, eve] = [
      await customerOf(here, "ada"),
      await customerOf(here, "bob"),
      await customerOf(here, "eve"),
    ];
    const [seats] = await ada.visit(({ commerce: own }) => own.seats.list());
    expect(seats).toMatchObject({ productId: "course", total: 5, used: 0, left: 5 });
    const { purchaseId = "" } = seats ?? {};
    expect(await eve.visit(({ commerce: own }) => own.seats.invite(purchaseId))).toEqual({ status: "missing" });
    const invited = await ada.visit(({ commerce: own }) => own.seats.invite(purchaseId, { email: "bob@example.com" }));
    const code = invited.status === "invited" ? invited.code : "";
    expect(code).toMatch(/^[\w-]{32}$/);
    expect(JSON.stringify(here.events)).not.toContain(code);
    await bob.visit(async ({ commerce: own }) => {
      expect(await own.hasPurchased("course")).toBe(false);
      expect(await own.seats.claim(code)).toMatchObject({ status: "claimed", productId: "course" });
      expect(await own.seats.claim(code)).toEqual({ status: "already" });
      expect([await own.hasPurchased("course"), await own.has("course_access", "intro")]).toEqual([true, true]);
    });
    await eve.visit(async ({ commerce: own }) => {
      expect(await own.seats.claim(code)).toEqual({ status: "used" });
      expect(await own.seats.claim("no such code")).toEqual({ status: "unknown" });
      expect(await own.hasPurchased("course")).toBe(false);
    });
    await ada.visit(async ({ commerce: own }) => {
      expect(await own.hasPurchased("course")).toBe(false);
      expect((await own.seats.list())[0]).toMatchObject({ used: 1, left: 4 });
      await expect(own.seats.invite(purchaseId, { uses: 0 })).rejects.toThrow(RangeError);
    });
    const names = here.reports().map(([name]) => name);
    expect(names).toEqual(["purchase-completed", "seat-invited", "seat-claimed"]);
  });
});

describe("what commerce refuses to begin with", () => {
  const data = sqlCommerce(sqlDatabase(":memory:"));
  const options = { data, products, country: { always: "DE" }, payment: testPayments() } as const;

  it.each([
    ["half a cent", { products: [{ id: "a", name: "A", unitPrice: 9.99, currency: "eur" }] }, "CONFIG_INVALID"],
    [
      "a currency in capitals",
      { products: [{ id: "a", name: "A", unitPrice: 999, currency: "EUR" }] },
      "CONFIG_INVALID",
    ],
    ["two products with one id", { products: [...products, ...products] }, "CONFIG_INVALID"],
    ["a short secret", { lookupSecret: "short" }, "CONFIG_SECRET_WEAK"],
  ])("%s", (_, patch, code) => {
    expect(() => commerce({ ...options, ...patch })).toThrow(expect.objectContaining({ code }));
  });
});

describe("the public view", () => {
  it("shows nothing of it", async () => {
    const here = shop();
    await buy(here, "ada", "course");
    const ada = await customerOf(here, "ada");
    await ada.visit(async ({ commerce: own }) => void (await own.purchases()));
    const [, body] = await ada.call("GET ");
    expect(Object.keys(body as object)).not.toContain("commerce");
  });
});
