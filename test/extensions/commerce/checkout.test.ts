import { describe, expect, it } from "vitest";
import {
  type Payments,
  type PricePolicy,
  standardPrices,
  stripePayments,
  testPayments,
} from "../../../src/extensions/commerce/index.ts";
import { Customer, shop } from "./shop.ts";
import { paidMessage, refundedMessage, signatureOf, webhookSecret } from "./stripe.ts";

const percent = (amount: number) => ({ kind: "percentage", percent: amount }) as const;
const coupon = (
  code: string,
  discount: ReturnType<typeof percent> | { kind: "fixed"; amount: number },
  patch = {},
) => ({
  id: `id-${code}`,
  code,
  discount,
  productId: null,
  maxUses: null,
  expiresAt: null,
  ...patch,
});

describe("prices for a visitor", () => {
  it("are of their country, and only of the declared source", async () => {
    const visitor = new Customer(shop());
    const price = (headers: Record<string, string>, options = {}) =>
      visitor.visit(async ({ commerce }) => {
        const asked = await commerce.price("course", options);
        return [asked?.calculatedPrice, asked?.appliedDiscount.kind, asked?.isRestricted, asked?.country];
      }, headers);
    expect(await price({})).toEqual([10_000, "none", false, null]);
    expect(await price({ "x-country": "IN" })).toEqual([4_000, "ppp", true, "IN"]);
    expect(await price({ "x-country": "IN" }, { parity: "decline" })).toEqual([10_000, "none", false, "IN"]);
    expect(await price({ "x-country": "CH" })).toEqual([10_000, "none", false, "CH"]);
    expect(await price({ "x-country": "toString" })).toEqual([10_000, "none", false, null]);
    expect(await price({ "cf-ipcountry": "IN" })).toEqual([10_000, "none", false, null]);
  });

  it("are of the country that the session holds, where a declared source reads it there", async () => {
    const here = shop({ country: ({ data }) => String(data.shoppingFrom ?? "") });
    const visitor = new Customer(here);
    const price = () => visitor.visit(async ({ commerce }) => (await commerce.price("course"))?.calculatedPrice);
    expect(await price()).toBe(10_000);
    await visitor.visit((session) => session.set({ shoppingFrom: "IN" }));
    expect(await price()).toBe(4_000);
  });

  it("are made with the coupon of the visit, which is held through sign-in and ends when it does", async () => {
    const here = shop();
    await here.data.addCoupon(coupon("SAVE", percent(20)));
    await here.data.addCoupon(coupon("ONLYBOOK", percent(50), { productId: "book" }));
    await here.data.addCoupon(coupon("ENDS", percent(30), { expiresAt: here.runtime.now() + 1 }));
    const visitor = new Customer(here);
    await visitor.visit(({ commerce }) => commerce.attribute({ coupon: "SAVE", referral: "newsletter" }));
    await visitor.signIn("ada");
    await visitor.visit(async ({ commerce }) => {
      expect(commerce.attribution).toEqual({ coupon: "SAVE", referral: "newsletter" });
      const shown = async (options?: object) => {
        const price = await commerce.price("course", options);
        return [price?.calculatedPrice, price?.couponStatus, price?.usedCouponId];
      };
      expect(await shown()).toEqual([8_000, "applied", "id-SAVE"]);
      expect(await shown({ coupon: null })).toEqual([10_000, "none", null]);
      expect(await shown({ quantity: 10 })).toEqual([75_000, "other-is-better", null]);
      expect(await shown({ coupon: "ONLYBOOK" })).toEqual([10_000, "unusable", null]);
      expect(await shown({ coupon: "nothing" })).toEqual([10_000, "unusable", null]);
      expect(await shown({ coupon: "ENDS" })).toEqual([7_000, "applied", "id-ENDS"]);
      expect(await commerce.price("nothing")).toBeNull();
    });
    here.runtime.advance(1);
    await visitor.visit(async ({ commerce }) => {
      expect((await commerce.price("course", { coupon: "ENDS" }))?.couponStatus).toBe("unusable");
      await commerce.attribute({ coupon: null });
      expect(commerce.attribution).toEqual({ coupon: null, referral: "newsletter" });
      expect((await commerce.price("course"))?.calculatedPrice).toBe(10_000);
    });
  });

  it("ask for each coupon once in a request", async () => {
    const here = shop();
    await new Customer(here).visit(({ commerce }) =>
      Promise.all(["course", "book", "course"].map((id) => commerce.price(id, { coupon: "SAVE" }))),
    );
    expect(here.calls).toEqual({ findCoupon: 1 });
  });

  it("may be made by another policy, whose nonsense is refused", async () => {
    const half: PricePolicy = (request) => {
      const price = standardPrices()(request);
      return { ...price, calculatedPrice: Math.round(price.fullPrice / 2) };
    };
    await new Customer(shop({ prices: half })).visit(async ({ commerce }) => {
      expect((await commerce.price("course"))?.calculatedPrice).toBe(5_000);
    });
    for (const wrong of [-1, 10_001, 99.5, Number.NaN]) {
      const policy: PricePolicy = (request) => ({ ...standardPrices()(request), calculatedPrice: wrong });
      await new Customer(shop({ prices: policy })).visit(async ({ commerce }) => {
        await expect(commerce.price("course")).rejects.toThrow(RangeError);
      });
    }
  });
});

describe("a checkout", () => {
  it("is for somebody who is signed in", async () => {
    await new Customer(shop()).visit(async ({ commerce }) => {
      await expect(commerce.checkout()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
      await expect(commerce.confirm("o1")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
      await expect(commerce.redeem("GIFT")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
      await expect(commerce.seats.claim("code")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
      await expect(commerce.seats.invite("p1")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
      await expect(commerce.transfer("p1", "eve")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    });
  });

  it("makes an order of the cart, then a payment, then purchases, and empties the cart", async () => {
    const here = shop();
    const visitor = new Customer(here);
    await visitor.visit(async ({ commerce }) => {
      await commerce.attribute({ referral: "a friend" });
      await commerce.cart.add("course", 5);
      await commerce.cart.add("book");
    });
    await visitor.signIn("ada");
    await visitor.visit(async ({ commerce }) => {
      const result = await commerce.checkout({ returnTo: "/thanks" });
      if (result.status !== "started") throw new Error(result.status);
      const { orderId, total, currency, payment } = result;
      expect([total, currency]).toEqual([44_499, "eur"]);
      expect(payment).toEqual({ kind: "redirect", url: `/test-payment?order=${orderId}&returnTo=%2Fthanks` });
      expect(await commerce.purchases()).toEqual([]);
      expect(await commerce.confirm(orderId)).toBe("fulfilled");
      expect(await commerce.confirm(orderId)).toBe("already");
      expect(
        (await commerce.purchases()).map(({ productId, quantity, total: paid }) => [productId, quantity, paid]).sort(),
      ).toEqual([
        ["book", 1, 1_999],
        ["course", 5, 42_500],
      ]);
      expect(await commerce.cart.lines()).toEqual([]);
      expect((await here.data.findOrder(orderId))?.referral).toBe("a friend");
    });
    expect(here.reports().map(([name]) => name)).toEqual(["purchase-completed", "purchase-completed"]);
  });

  it("leads back to this site only", async () => {
    const here = shop();
    const visitor = new Customer(here);
    await visitor.signIn("ada");
    for (const returnTo of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      const result = await visitor.visit(({ commerce }) =>
        commerce.checkout({ returnTo, items: [{ productId: "book" }] }),
      );
      expect(result).toMatchObject({ payment: { url: expect.stringMatching(/&returnTo=%2F$/) } });
    }
  });

  it("says what it cannot sell", async () => {
    const visitor = new Customer(shop());
    await visitor.signIn("ada");
    await visitor.visit(async ({ commerce }) => {
      expect(await commerce.checkout()).toEqual({ status: "empty" });
      const sold = (...ids: string[]) => commerce.checkout({ items: ids.map((productId) => ({ productId })) });
      expect(await sold("book", "nothing")).toEqual({ status: "unknown-product", productId: "nothing" });
      expect(await sold("book", "poster")).toEqual({ status: "mixed-currencies" });
      await expect(commerce.checkout({ items: [{ productId: "book", quantity: 0 }] })).rejects.toThrow(RangeError);
    });
  });

  it("takes a fixed amount off an order once, and a product that is named twice is one line", async () => {
    const here = shop();
    await here.data.addCoupon(coupon("MINUS", { kind: "fixed", amount: 1_000 }));
    const visitor = new Customer(here);
    await visitor.signIn("ada");
    const items = [{ productId: "book" }, { productId: "course" }, { productId: "book" }];
    const result = await visitor.visit(({ commerce }) => commerce.checkout({ items, coupon: "MINUS" }));
    expect(result).toMatchObject({ total: 2 * 1_999 + 10_000 - 1_000 });
  });

  it("of nothing to pay is a purchase at once, as often as the coupon may be used", async () => {
    const here = shop();
    await here.data.addCoupon(coupon("FREE", percent(100), { maxUses: 1 }));
    const [ada, eve] = [new Customer(here), new Customer(here)];
    await Promise.all([ada.signIn("ada"), eve.signIn("eve")]);
    const results = await Promise.all(
      [ada, eve].map((each) =>
        each.visit(({ commerce }) => commerce.checkout({ items: [{ productId: "book" }], coupon: "FREE" })),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["coupon-used-up", "paid"]);
    const owned = [await here.data.purchasesOf("ada"), await here.data.purchasesOf("eve")].flat();
    expect(owned).toMatchObject([{ productId: "book", total: 0, couponId: "id-FREE" }]);
  });

  it("is confirmed by whoever made it, and not before it is paid", async () => {
    let isPaid = false;
    const slow: Payments = {
      ...testPayments(),
      confirm: async (order) => (isPaid ? ((await testPayments().confirm?.(order)) ?? null) : null),
    };
    const here = shop({ payment: slow });
    const [ada, eve] = [new Customer(here), new Customer(here)];
    await ada.signIn("ada");
    await eve.signIn("eve");
    const result = await ada.visit(({ commerce }) => commerce.checkout({ items: [{ productId: "book" }] }));
    const orderId = result.status === "started" ? result.orderId : "";
    expect(await eve.visit(({ commerce }) => commerce.confirm(orderId))).toBe("missing");
    expect(await ada.visit(({ commerce }) => commerce.confirm(orderId))).toBe("open");
    isPaid = true;
    expect(await ada.visit(({ commerce }) => commerce.confirm(orderId))).toBe("fulfilled");
  });
});

describe("R-A18 the webhook", () => {
  const payment = stripePayments({
    secretKey: "sk_test",
    webhookSecret,
    origin: "https://shop.example",
    fetch: async () => Response.json({ url: "https://checkout.stripe.com/c/pay/cs_1" }),
  });

  async function ordered(options = { payment }) {
    const here = shop(options);
    const visitor = new Customer(here);
    await visitor.signIn("ada");
    const result = await visitor.visit(({ commerce }) => commerce.checkout({ items: [{ productId: "course" }] }));
    if (result.status !== "started") throw new Error(result.status);
    const { orderId: id, total, currency } = result;
    return { here, order: { id, total, currency } };
  }

  const tell = async (here: ReturnType<typeof shop>, body: string, signature: string | null) => {
    const headers = {
      "content-type": "application/json",
      ...(signature !== null && { "stripe-signature": signature }),
    };
    const address = "https://shop.example/api/session/webhook";
    const response = await here.sessions.handler(new Request(address, { method: "POST", headers, body }));
    return [response.status, await response.json()];
  };

  it("makes one purchase of a message that is delivered five times at once", async () => {
    const { here, order } = await ordered();
    const body = paidMessage(order);
    const told = Array.from({ length: 5 }, () => tell(here, body, signatureOf(body, here.runtime.now())));
    const settled = (await Promise.all(told)).map(([status, answer]) => [
      status,
      (answer as { settlement: string }).settlement,
    ]);
    expect(settled.filter(([, settlement]) => settlement === "fulfilled")).toHaveLength(1);
    expect(settled.filter(([status, settlement]) => status === 200 && settlement === "already")).toHaveLength(4);
    expect(await here.data.purchasesOf("ada")).toHaveLength(1);
    expect(here.reports().filter(([name]) => name === "purchase-completed")).toHaveLength(1);
  });

  it("refuses what is not signed, and tells the operator why, but not the caller", async () => {
    const { here, order } = await ordered();
    const body = paidMessage(order);
    const [secretless, other] = [null, signatureOf(body, here.runtime.now(), "whsec_other")];
    for (const signature of [secretless, other, signatureOf(body, here.runtime.now() - 301_000)]) {
      expect(await tell(here, body, signature)).toEqual([401, { error: "payment_refused" }]);
    }
    expect(await tell(here, "{", signatureOf("{", here.runtime.now()))).toEqual([400, { error: "payment_refused" }]);
    expect(await here.data.purchasesOf("ada")).toEqual([]);
    expect(here.reports()).toEqual([
      ["payment-refused", { reason: "header-missing" }],
      ["payment-refused", { reason: "signature" }],
      ["payment-refused", { reason: "expired" }],
      ["payment-refused", { reason: "malformed" }],
    ]);
  });

  it("refuses everything while its secret is unset", async () => {
    const unset = stripePayments({ secretKey: "sk_test", webhookSecret: undefined, origin: "https://shop.example" });
    const here = shop({ payment: unset });
    const body = paidMessage({ id: "o1", total: 1, currency: "eur" });
    for (const signature of [null, signatureOf(body, here.runtime.now(), "")]) {
      expect(await tell(here, body, signature)).toEqual([401, { error: "payment_refused" }]);
    }
  });

  it.each([
    ["less", { total: 1 }],
    ["another currency", { currency: "usd" }],
  ])("gives nothing for %s than the order asks for", async (_, patch) => {
    const { here, order } = await ordered();
    const body = paidMessage({ ...order, ...patch });
    expect(await tell(here, body, signatureOf(body, here.runtime.now()))).toMatchObject([
      200,
      { settlement: "mismatch" },
    ]);
    expect(await here.data.purchasesOf("ada")).toEqual([]);
    expect(here.reports()).toEqual([["payment-mismatch", { orderId: order.id }]]);
  });

  it("takes a purchase back when it was refunded, and answers for what is not ours", async () => {
    const { here, order } = await ordered();
    const send = (body: string) => tell(here, body, signatureOf(body, here.runtime.now()));
    expect(await send(refundedMessage(order))).toMatchObject([200, { settlement: "missing" }]);
    expect(await send(paidMessage(order))).toMatchObject([200, { settlement: "fulfilled" }]);
    expect(await here.data.entitlementsOf("ada")).toHaveLength(2);
    expect(await send(refundedMessage(order))).toMatchObject([200, { settlement: "refunded" }]);
    expect(await send(refundedMessage(order))).toMatchObject([200, { settlement: "already" }]);
    expect(await send(paidMessage(order, "evt_9"))).toMatchObject([200, { settlement: "already" }]);
    expect(await here.data.purchasesOf("ada")).toMatchObject([{ status: "Refunded" }]);
    expect(await here.data.entitlementsOf("ada")).toEqual([]);
    expect(await send(paidMessage({ ...order, id: "elsewhere" }))).toMatchObject([200, { settlement: "missing" }]);
    expect(await send(JSON.stringify({ id: "evt_x", type: "ping", data: { object: {} } }))).toMatchObject([
      200,
      { settlement: "none" },
    ]);
  });

  it("lets the provider tell it again when the data cannot be reached", async () => {
    const { here, order } = await ordered();
    const { findOrder } = here.data;
    Object.assign(here.data, { findOrder: () => Promise.reject(new Error("down")) });
    const body = paidMessage(order);
    const signature = signatureOf(body, here.runtime.now());
    await expect(tell(here, body, signature)).rejects.toThrow("down");
    Object.assign(here.data, { findOrder });
    expect(await tell(here, body, signature)).toMatchObject([200, { settlement: "fulfilled" }]);
  });
});
