import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Order } from "../../../src/extensions/commerce/order.ts";
import { stripePayments } from "../../../src/extensions/commerce/payment/stripe-payments.ts";
import { testPayments } from "../../../src/extensions/commerce/payment/test-payments.ts";
import { fakeRuntime } from "../../../src/testing/index.ts";
import { paidMessage, refundedMessage, type StripeServer, signatureOf, stripeServer, webhookSecret } from "./stripe.ts";

const now = 1_800_000_000_000;
const order: Order = {
  id: "order-1",
  userId: "ada",
  status: "open",
  currency: "eur",
  total: 40_000,
  lines: [
    {
      productId: "course",
      name: "The course",
      quantity: 5,
      fullPrice: 45_000,
      total: 38_250,
      discount: "bulk",
      isRestricted: false,
      couponId: null,
      usesFixedCoupon: false,
      upgradeFrom: null,
    },
    {
      productId: "book",
      name: "The book",
      quantity: 1,
      fullPrice: 1_750,
      total: 1_750,
      discount: "none",
      isRestricted: false,
      couponId: null,
      usesFixedCoupon: false,
      upgradeFrom: null,
    },
  ],
  country: "DE",
  referral: null,
  createdAt: now,
};

describe("messages to Stripe's webhook", () => {
  const origin = "https://shop.example";
  const payments = stripePayments({ secretKey: "sk_test", webhookSecret, origin });
  const message = (body: string | Uint8Array<ArrayBuffer>, header?: string) =>
    new Request("https://shop.example/api/session/webhook", {
      method: "POST",
      headers: header === undefined ? {} : { "stripe-signature": header },
      body,
    });
  const body = paidMessage(order);
  const hexOf = (header: string) => header.replace(/^.*v1=/, "");

  it("tell of an order that was paid", async () => {
    const received = await payments.receive(message(body, signatureOf(body, now)), now);
    const event = { id: "evt_1", kind: "paid", orderId: "order-1", amount: 40_000, currency: "eur" };
    expect(received).toEqual({ status: "verified", event });
  });

  it("tell of an order that was paid back", async () => {
    const refund = refundedMessage(order);
    const received = await payments.receive(message(refund, signatureOf(refund, now)), now);
    expect(received).toMatchObject({ status: "verified", event: { kind: "refunded", orderId: "order-1" } });
  });

  it.each([
    ["of another kind", { id: "evt_3", type: "invoice.paid", data: { object: {} } }],
    ["of a checkout that is not paid yet", { ...JSON.parse(body), data: { object: { payment_status: "unpaid" } } }],
    ["of a partial refund", { id: "evt_4", type: "charge.refunded", data: { object: { refunded: false } } }],
    ["without an object", { id: "evt_5", type: "charge.refunded" }],
    [
      "of no order of ours",
      {
        id: "evt_6",
        type: "charge.refunded",
        data: { object: { refunded: true, currency: "eur", amount_refunded: 1 } },
      },
    ],
  ])("%s say nothing", async (_, event) => {
    const text = JSON.stringify(event);
    expect(await payments.receive(message(text, signatureOf(text, now)), now)).toEqual({
      status: "verified",
      event: null,
    });
  });

  const good = signatureOf(body, now);
  it.each([
    ["no header", undefined, "header-missing"],
    ["an empty header", "", "malformed"],
    ["no time", `v1=${hexOf(good)}`, "malformed"],
    ["no signature", `t=${now / 1_000}`, "malformed"],
    ["a signature of another scheme", `t=${now / 1_000},v0=${hexOf(good)}`, "malformed"],
    ["a signature in capitals", good.replace(/v1=.*/, (text) => `v1=${text.slice(3).toUpperCase()}`), "malformed"],
    ["another secret", signatureOf(body, now, "whsec_another"), "signature"],
    ["another body", signatureOf(`${body} `, now), "signature"],
    ["another time", good.replace(/t=\d+/, `t=${now / 1_000 + 1}`), "signature"],
    ["an age of more than five minutes", signatureOf(body, now - 301_000), "expired"],
    ["a time more than five minutes ahead", signatureOf(body, now + 301_000), "expired"],
  ])("with %s are refused", async (_, header, reason) => {
    expect(await payments.receive(message(body, header), now)).toEqual({ status: "refused", reason });
  });

  it.each([
    ["exactly five minutes old", signatureOf(body, now - 300_000)],
    ["with several signatures, one of them right", `t=${now / 1_000},v1=${"0".repeat(64)},v1=${hexOf(good)},v0=1`],
    ["with spaces in the header", good.replace(",", ", ")],
  ])("%s are believed", async (_, header) => {
    expect(await payments.receive(message(body, header), now)).toMatchObject({ status: "verified" });
  });

  it("may be signed with either secret while one replaces the other", async () => {
    const both = stripePayments({ secretKey: undefined, webhookSecret: ["whsec_new", webhookSecret], origin });
    expect(await both.receive(message(body, good), now)).toMatchObject({ status: "verified" });
    expect(await both.receive(message(body, signatureOf(body, now, "whsec_new")), now)).toMatchObject({
      status: "verified",
    });
  });

  it.each([[undefined], [""], [[]], [[""]]])(
    "are refused where the secret is %j, also when signed with nothing",
    async (secret) => {
      const without = stripePayments({ secretKey: "sk_test", webhookSecret: secret, origin });
      const empty = signatureOf(body, now, "");
      for (const header of [undefined, good, empty]) {
        expect(await without.receive(message(body, header), now)).toEqual({
          status: "refused",
          reason: "secret-unset",
        });
      }
    },
  );

  it("are not parsed before they are verified", async () => {
    const parse = vi.spyOn(JSON, "parse");
    await payments.receive(message(body, signatureOf(body, now, "whsec_another")), now);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it("are bytes: what is no UTF-8 and no JSON is verified, then refused", async () => {
    const bytes = Uint8Array.of(0x7b, 0xff, 0x7d);
    expect(await payments.receive(message(bytes, signatureOf("{}", now)), now)).toMatchObject({ reason: "signature" });
    const text = "not JSON";
    expect(await payments.receive(message(text, signatureOf(text, now)), now)).toMatchObject({ reason: "malformed" });
  });

  it("are refused when they are too large", async () => {
    const text = "x".repeat(1_048_577);
    expect(await payments.receive(message(text, signatureOf(text, now)), now)).toMatchObject({ reason: "too-large" });
  });
});

describe("Stripe Checkout", () => {
  let stripe: StripeServer;
  beforeEach(async () => {
    stripe = await stripeServer();
  });
  afterEach(() => stripe.close());

  const options = () => ({ secretKey: "sk_test_123", webhookSecret, origin: "https://shop.example", api: stripe.url });

  it("starts with the prices that the order has fixed", async () => {
    const start = await stripePayments(options()).start(order, "/thanks?step=2");
    expect(start).toEqual({ kind: "redirect", url: "https://checkout.stripe.com/c/pay/cs_1" });
    const [{ headers, form }] = stripe.requests as [StripeServer["requests"][number]];
    expect(headers.authorization).toBe("Bearer sk_test_123");
    expect(headers["idempotency-key"]).toBe("order-1");
    expect(Object.fromEntries(form)).toEqual({
      mode: "payment",
      client_reference_id: "order-1",
      "metadata[order_id]": "order-1",
      "payment_intent_data[metadata][order_id]": "order-1",
      "line_items[0][quantity]": "1",
      "line_items[0][price_data][currency]": "eur",
      "line_items[0][price_data][unit_amount]": "38250",
      "line_items[0][price_data][product_data][name]": "5 × The course",
      "line_items[1][quantity]": "1",
      "line_items[1][price_data][currency]": "eur",
      "line_items[1][price_data][unit_amount]": "1750",
      "line_items[1][price_data][product_data][name]": "The book",
      success_url: "https://shop.example/thanks?step=2&order=order-1",
      cancel_url: "https://shop.example/thanks?step=2&order=order-1",
    });
  });

  it("starts as a form on a page of ours", async () => {
    stripe.answer = { status: 200, body: { id: "cs_1", url: null, client_secret: "cs_1_secret" } };
    const start = await stripePayments({ ...options(), ui: "embedded" }).start(order, "/thanks");
    expect(start).toEqual({ kind: "form", clientSecret: "cs_1_secret" });
    const form = stripe.requests[0]?.form;
    expect([form?.get("ui_mode"), form?.get("return_url"), form?.has("success_url")]).toEqual([
      "embedded",
      "https://shop.example/thanks?order=order-1",
      false,
    ]);
  });

  it.each([
    ["an error", { status: 402, body: { error: { message: "sk_test_123 is not allowed" } } }],
    ["no address", { status: 200, body: { id: "cs_1" } }],
    ["null", { status: 200, body: null }],
  ])("fails with a typed error when Stripe answers %s", async (_, answer) => {
    stripe.answer = answer;
    const failure = await stripePayments(options())
      .start(order, "/thanks")
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "PAYMENT_UNAVAILABLE" });
    expect(String(failure)).not.toContain("sk_test_123");
  });

  it("fails with a typed error when Stripe does not answer in time", async () => {
    stripe.answer = "never";
    const runtime = fakeRuntime();
    const start = stripePayments({ ...options(), runtime })
      .start(order, "/thanks")
      .catch((error: unknown) => error);
    await vi.waitFor(() => expect(stripe.requests).toHaveLength(1));
    runtime.advance(10_000);
    expect(await start).toMatchObject({ code: "PAYMENT_UNAVAILABLE" });
  });

  it("needs a key, and an origin that is one", async () => {
    const unset = stripePayments({ ...options(), secretKey: undefined });
    await expect(unset.start(order, "/thanks")).rejects.toMatchObject({ code: "CONFIG_SECRET_MISSING" });
    for (const origin of ["", "shop.example", "https://shop.example/path"]) {
      expect(() => stripePayments({ ...options(), origin })).toThrow(
        expect.objectContaining({ code: "CONFIG_INVALID" }),
      );
    }
  });
});

describe("test payments", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("lead to a page of the application, and are paid when asked", async () => {
    const payments = testPayments();
    expect(await payments.start(order, "/thanks?a=b")).toEqual({
      kind: "redirect",
      url: "/test-payment?order=order-1&returnTo=%2Fthanks%3Fa%3Db",
    });
    expect(await payments.confirm?.(order)).toMatchObject({ kind: "paid", amount: 40_000, currency: "eur" });
    const message = new Request("https://shop.example/", { method: "POST", body: paidMessage(order) });
    expect(await payments.receive(message, now)).toEqual({ status: "refused", reason: "secret-unset" });
  });

  it("refuse to run in production, unless they are allowed to", () => {
    vi.stubEnv("NODE_ENV", "production");
    expect(() => testPayments()).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(testPayments({ allowInProduction: true }).name).toBe("test payments");
  });
});
