import {
  type CountryRequest,
  commerce,
  sqlCommerce,
  standardPrices,
  testPayments,
} from "coatcheck/extensions/commerce";
import { catalogue } from "./catalogue";
import { homeCountry, parity } from "./countries";
import { countryHeader } from "./settings";
import { places } from "./store";

/** Purchases, carts, coupons and seats, in tables beside the sessions. */
export const shopData = sqlCommerce(places().extensions);

/** `session.commerce`: the same prices in every page, and in the order. */
export const shop = commerce({
  data: shopData,
  products: catalogue.map(({ slug, title, price }) => ({
    id: slug,
    name: title,
    unitPrice: price,
    currency: "eur",
    grants: [{ type: "course", contentIds: [slug] }],
  })),
  // A visitor who could say where they are would always be where it is cheapest. Only the demonstration lets them.
  country: [countryHeader ? { header: countryHeader } : saidByVisitor, { always: homeCountry }],
  parity,
  prices: standardPrices({ couponStacksWith: ["bulk"] }),
  // Nothing is really sold here: that is why it may run in production.
  payment: testPayments({ path: "/checkout/pay", allowInProduction: true }),
});

function saidByVisitor({ data }: CountryRequest): string | null {
  return typeof data.shoppingFrom === "string" ? data.shoppingFrom : null;
}

/** What readers of the letter are given. */
export const letterCoupon = "LETTER15";

const coupons = [
  { code: "EVENING20", discount: { kind: "percentage", percent: 20 }, expiresAt: null },
  { code: letterCoupon, discount: { kind: "percentage", percent: 15 }, expiresAt: null },
  { code: "TENNER", discount: { kind: "fixed", amount: 1_000 }, expiresAt: null },
  { code: "MIDSUMMER", discount: { kind: "percentage", percent: 30 }, expiresAt: Date.UTC(2026, 5, 24) },
] as const;

/** Those that are there already stay as they are. */
export async function seedCoupons(): Promise<void> {
  for (const coupon of coupons) {
    await shopData.addCoupon({ id: coupon.code.toLowerCase(), productId: null, maxUses: null, ...coupon });
  }
}
