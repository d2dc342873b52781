export type { Cart } from "./cart.ts";
export type { CartLine } from "./cart-line.ts";
export type { CartTotal, CartTotalOptions } from "./cart-total.ts";
export type { Grant, Product, Products } from "./catalog.ts";
export type { CheckoutOptions, CheckoutResult } from "./checkout.ts";
export { commerce } from "./commerce.ts";
export type {
  ClaimedSeat,
  CommerceData,
  Fulfilment,
  Invitation,
  NewPurchase,
  SeatClaim,
} from "./commerce-data.ts";
export type { Commerce } from "./commerce-value.ts";
export type { CountryRequest, CountrySource, CountrySources } from "./country.ts";
export type { Coupon } from "./coupon.ts";
export type { Entitlement, Entitlements } from "./entitlement.ts";
export type { CommerceOptions } from "./options.ts";
export type { Order, OrderLine, OrderStatus } from "./order.ts";
export type { Attribution } from "./own-data.ts";
export type { OwnOrder } from "./own-orders.ts";
export type { AvailableUpgrade } from "./owned.ts";
export type {
  PaymentEvent,
  PaymentRefusal,
  PaymentStart,
  Payments,
  ReceivedPayment,
} from "./payment/payments.ts";
export { type StripePaymentsOptions, stripePayments } from "./payment/stripe-payments.ts";
export { type TestPaymentsOptions, testPayments } from "./payment/test-payments.ts";
export type { CheckoutItem, Priced, Unpriced } from "./priced-lines.ts";
export type { BulkTier } from "./pricing/bulk.ts";
export type { CouponDiscount, Discount, DiscountKind } from "./pricing/discount.ts";
export type { Price, PricePolicy, PriceRequest } from "./pricing/price.ts";
export { type StandardPricesOptions, standardPrices } from "./pricing/standard-prices.ts";
export type { Purchase, PurchaseStatus } from "./purchase.ts";
export type { PriceOptions, ProductPrice } from "./quote.ts";
export type { PaymentReceived } from "./receipt.ts";
export type { Redeemed } from "./redemption.ts";
export type { RefundAsked } from "./refund.ts";
export type { Invited, InviteOptions, SeatClaimed, Seats, TeamSeats } from "./seats.ts";
export type { Settlement } from "./settlement.ts";
export { commerceSchema } from "./sql/commerce-schema.ts";
export type { NewCoupon } from "./sql/coupons.ts";
export { type SqlCommerce, sqlCommerce } from "./sql/sql-commerce.ts";
export type { Transferred } from "./transfer.ts";
