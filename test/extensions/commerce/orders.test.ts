import { describe, expect, it } from "vitest";
import { type CommerceOptions, testPayments } from "../../../src/extensions/commerce/index.ts";
import { purchase } from "./rows.ts";
import { buy, Customer, shop } from "./shop.ts";

const hour = 60 * 60_000;

const limited = {
  ...{ id: "c1", code: "LAST", productId: null, maxUses: 1, expiresAt: null },
  discount: { kind: "percentage", percent: 50 } as const,
};

async function customerOf(here: ReturnType<typeof shop>, userId: string): Promise<Customer> {
  const customer = new Customer(here);
  await customer.signIn(userId);
  return customer;
}

/** Makes an order of a book, and gives its id, or why there is none. */
async function order(customer: Customer, options: { coupon?: string | null } = {}): Promise<string> {
  const items = [{ productId: "book" }];
  const result = await customer.visit(({ commerce }) => commerce.checkout({ items, coupon: null, ...options }));
  return result.status === "started" ? result.orderId : result.status;
}

const pay = (customer: Customer, orderId: string) => customer.visit(({ commerce }) => commerce.confirm(orderId));

const statesOf = (customer: Customer) =>
  customer.visit(async ({ commerce }) => (await commerce.orders()).map(({ id, status }) => [id, status]));

describe("the viewer's orders", () => {
  it("are their own, with what has become of each and what it has brought", async () => {
    const here = shop();
    const [ada, eve] = [await customerOf(here, "ada"), await customerOf(here, "eve")];
    const first = await order(ada);
    here.runtime.advance(1);
    const second = await order(ada);
    expect(await pay(ada, second)).toBe("fulfilled");
    await ada.visit(async ({ commerce }) => {
      const bought = await commerce.purchases();
      const orders = await commerce.orders();
      expect(orders).toMatchObject([
        { id: first, status: "open", total: 1_999, purchases: [], expiresAt: here.runtime.now() - 1 + 24 * hour },
        { id: second, status: "paid", purchases: bought, expiresAt: null },
      ]);
      expect(orders.map((each) => "userId" in each)).toEqual([false, false]);
    });
    expect(await statesOf(eve)).toEqual([]);
    expect(await statesOf(new Customer(here))).toEqual([]);
  });

  it("expire at the end of their lifetime, to the millisecond, and a payment is recorded all the same", async () => {
    const here = shop({ orderLifetime: "2h" });
    const ada = await customerOf(here, "ada");
    const id = await order(ada);
    here.runtime.advance(2 * hour - 1);
    expect(await statesOf(ada)).toEqual([[id, "open"]]);
    here.runtime.advance(1);
    expect(await statesOf(ada)).toEqual([[id, "expired"]]);
    expect(await pay(ada, id)).toBe("fulfilled");
    expect(await statesOf(ada)).toEqual([[id, "paid"]]);
    expect(await pay(ada, id)).toBe("already");
  });

  it("hold the last use of a coupon as long as they are open: nobody else's gets it", async () => {
    const here = shop();
    await here.data.addCoupon(limited);
    const [ada, eve] = [await customerOf(here, "ada"), await customerOf(here, "eve")];
    const id = await order(ada, { coupon: "LAST" });
    expect(await order(eve, { coupon: "LAST" })).toBe("coupon-used-up");
    here.runtime.advance(24 * hour - 1);
    expect(await order(eve, { coupon: "LAST" })).toBe("coupon-used-up");
    here.runtime.advance(1);
    const other = await order(eve, { coupon: "LAST" });
    expect(await pay(ada, id)).toBe("unfulfilled");
    expect(await pay(ada, id)).toBe("already");
    expect(await pay(eve, other)).toBe("fulfilled");
    expect([await statesOf(ada), await statesOf(eve)]).toEqual([[[id, "unfulfilled"]], [[other, "paid"]]]);
    expect(await here.data.purchasesOf("ada")).toEqual([]);
    expect(here.reports()[0]).toEqual(["payment-unfulfilled", { orderId: id, userId: "ada" }]);
  });

  it("use the credit of a purchase one at a time: a newer order takes it over, and the first that is paid has it", async () => {
    const here = shop();
    await buy(here, "ada", "course");
    const ada = await customerOf(here, "ada");
    const upgrade = () =>
      ada.visit(async ({ commerce }) => {
        const [offer] = await commerce.availableUpgrades();
        const items = [{ productId: "bundle", upgradeFrom: offer?.upgradeFrom ?? null }];
        const result = await commerce.checkout({ items });
        return result.status === "started" ? result : { orderId: result.status, total: 0 };
      });
    const [first, second] = [await upgrade(), await upgrade()];
    expect([first.total, second.total]).toEqual([15_000, 15_000]);
    expect((await statesOf(ada)).slice(1).sort()).toEqual(
      [
        [first.orderId, "expired"],
        [second.orderId, "open"],
      ].sort(),
    );
    expect(await pay(ada, second.orderId)).toBe("fulfilled");
    expect(await pay(ada, first.orderId)).toBe("unfulfilled");
    expect((await here.data.purchasesOf("ada")).filter(({ productId }) => productId === "bundle")).toHaveLength(1);
  });

  it("are not made with a credit that has gone in the meantime", async () => {
    const here = shop();
    await here.data.addPurchase({ purchase: purchase({ id: "old", total: 10_000 }), entitlements: [] });
    const ada = await customerOf(here, "ada");
    const result = await ada.visit(async ({ commerce }) => {
      await commerce.purchases(); // what this request has seen, and is no longer so
      await here.data.transfer("old", "ada", "eve");
      return commerce.checkout({ items: [{ productId: "bundle", upgradeFrom: "old" }] });
    });
    expect(result).toEqual({ status: "credit-used" });
    expect(await statesOf(ada)).toEqual([]);
  });
});

describe("a refund", () => {
  const refund = (customer: Customer, orderId: string) => customer.visit(({ commerce }) => commerce.refund(orderId));

  it("is for nobody, unless the application lets them", async () => {
    const here = shop();
    const ada = await customerOf(here, "ada");
    const id = await order(ada);
    await pay(ada, id);
    expect(await refund(ada, id)).toBe("refused");
    expect(await statesOf(ada)).toEqual([[id, "paid"]]);
  });

  it("takes everything back, of the viewer's own paid orders, once", async () => {
    const asked: string[] = [];
    const here = shop({
      mayRefund: async ({ id }) => {
        asked.push(id);
        return true;
      },
    });
    const [ada, eve] = [await customerOf(here, "ada"), await customerOf(here, "eve")];
    const [id, unpaid] = [await order(ada), await order(ada)];
    await pay(ada, id);
    expect(await refund(eve, id)).toBe("missing");
    expect(await refund(ada, unpaid)).toBe("missing");
    expect(await refund(ada, "nothing")).toBe("missing");
    await ada.visit(async ({ commerce }) => {
      expect(await commerce.hasPurchased("book")).toBe(true);
      expect(await commerce.refund(id)).toBe("refunded");
      expect(await commerce.hasPurchased("book")).toBe(false);
      expect(await commerce.refund(id)).toBe("already");
    });
    expect(asked).toEqual([id]);
    await new Customer(here).visit(async ({ commerce }) => {
      await expect(commerce.refund(id)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    });
  });

  it("pays an unfulfilled order back", async () => {
    const here = shop({ mayRefund: ({ status }) => status === "unfulfilled" });
    await here.data.addCoupon(limited);
    const [ada, eve] = [await customerOf(here, "ada"), await customerOf(here, "eve")];
    const id = await order(ada, { coupon: "LAST" });
    here.runtime.advance(24 * hour);
    await pay(eve, await order(eve, { coupon: "LAST" }));
    expect(await pay(ada, id)).toBe("unfulfilled");
    expect(await refund(ada, id)).toBe("refunded");
    expect(await statesOf(ada)).toEqual([[id, "refunded"]]);
  });

  it("changes nothing where the provider cannot be told to, or fails", async () => {
    const { refund: _, ...without } = testPayments();
    const fails = () => Promise.reject(new Error("down"));
    for (const [payment, outcome] of [
      [without, "unavailable"],
      [{ ...without, refund: async () => null }, "unavailable"],
      [{ ...without, refund: fails }, "down"],
    ] as const) {
      const here = shop({ payment, mayRefund: () => true });
      const ada = await customerOf(here, "ada");
      const id = await order(ada);
      await pay(ada, id);
      expect(await refund(ada, id).catch((error: Error) => error.message)).toBe(outcome);
      expect(await statesOf(ada)).toEqual([[id, "paid"]]);
    }
  });
});

describe("R-A12 while impersonating", () => {
  async function acting(options: Partial<CommerceOptions> = {}) {
    const here = shop(
      { mayRefund: () => true, recipient: () => "eve", ...options },
      { impersonation: { allow: () => true } },
    );
    await buy(here, "ada", "course", 5);
    const [team] = await here.data.purchasesOf("ada");
    await here.data.addCoupon({
      ...limited,
      code: "GIFT",
      productId: "book",
      discount: { kind: "percentage", percent: 100 },
    });
    const admin = await customerOf(here, "root");
    await admin.visit((session) => session.impersonate("ada", { reason: "ticket 7" }));
    return { here, admin, purchaseId: team?.id ?? "", orderId: team?.orderId ?? "" };
  }

  it("what spends or gives away is refused, with 403 over HTTP, and nothing has changed", async () => {
    const { here, admin, purchaseId, orderId } = await acting();
    const before = [await here.data.purchasesOf("ada"), await here.data.ordersOf("ada")];
    const refused = { code: "IMPERSONATION_REFUSED" };
    await admin.visit(async ({ commerce }) => {
      await expect(commerce.checkout({ items: [{ productId: "book" }] })).rejects.toMatchObject(refused);
      await expect(commerce.confirm(orderId)).rejects.toMatchObject(refused);
      await expect(commerce.redeem("GIFT")).rejects.toMatchObject(refused);
      await expect(commerce.refund(orderId)).rejects.toMatchObject(refused);
      await expect(commerce.transfer(purchaseId, "eve")).rejects.toMatchObject(refused);
      await expect(commerce.seats.invite(purchaseId)).rejects.toMatchObject(refused);
      await expect(commerce.seats.claim("code")).rejects.toMatchObject(refused);
    });
    for (const [action, input] of [
      ["checkout", { productId: "book" }],
      ["redeem", { code: "GIFT" }],
      ["refund", { orderId }],
      ["transfer", { purchaseId, to: "eve" }],
      ["invite", { purchaseId }],
      ["claim", { code: "code" }],
    ] as const) {
      expect((await admin.call(action, input))[0]).toBe(403);
    }
    expect([await here.data.purchasesOf("ada"), await here.data.ordersOf("ada")]).toEqual(before);
  });

  it("what the user sees is seen, and the cart may be helped with", async () => {
    const { admin, orderId } = await acting();
    await admin.visit(async ({ commerce }) => {
      expect(await commerce.orders()).toMatchObject([{ id: orderId, status: "paid" }]);
      expect(await commerce.cart.add("book")).toBe("added");
      expect(await commerce.cart.total()).toMatchObject({ total: 1_999 });
    });
  });

  it("an application may allow it", async () => {
    const { admin, orderId } = await acting({ impersonation: "allow" });
    expect(await admin.call("redeem", { code: "GIFT" })).toMatchObject([200, { status: "redeemed" }]);
    expect(await admin.call("refund", { orderId })).toEqual([200, { status: "refunded" }]);
  });
});
