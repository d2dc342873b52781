import type { SqlSchema } from "../../sql/schema.ts";

/** The tables of `sqlCommerce`, for those who make them themselves; see `sqlSchema`. */
export const commerceSchema: SqlSchema = {
  name: "commerce",
  versions: [
    {
      commerce_purchases: {
        columns: {
          id: "key",
          user_id: "user",
          product_id: "key",
          status: "key",
          quantity: "integer",
          total: "integer",
          currency: "key",
          country: "key?",
          order_id: "key?",
          coupon_id: "key?",
          // The same coupon, where it was redeemed without a payment: then it is for each user once.
          redeemed: "key?",
          seat_of: "key?",
          seats_used: "integer",
          upgraded_from: "key?",
          upgraded_to: "key?",
          created_at: "integer",
        },
        primary: ["id"],
        // Rows with NULL in it are not held against each other, in any of the databases.
        unique: { one_seat: ["seat_of", "user_id"], one_redemption: ["redeemed", "user_id"] },
        indexes: { of_user: ["user_id", "created_at"], of_order: ["order_id"] },
      },
      commerce_entitlements: {
        columns: {
          id: "key",
          user_id: "user",
          type: "key",
          content_ids: "text",
          expires_at: "integer?",
          purchase_id: "key?",
          country: "key?",
          deleted_at: "integer?",
        },
        primary: ["id"],
        indexes: { of_user: ["user_id"], of_purchase: ["purchase_id"] },
      },
      commerce_coupons: {
        columns: {
          id: "key",
          code: "key",
          kind: "key",
          // Minor units, or hundredths of a percent.
          size: "integer",
          product_id: "key?",
          max_uses: "integer?",
          used: "integer",
          expires_at: "integer?",
        },
        primary: ["id"],
        unique: { by_code: ["code"] },
      },
      commerce_carts: {
        columns: { user_id: "user", product_id: "key", quantity: "integer" },
        primary: ["user_id", "product_id"],
      },
      commerce_orders: {
        columns: {
          id: "key",
          user_id: "user",
          status: "key",
          currency: "key",
          total: "integer",
          items: "text", // LINES is a word of MySQL
          country: "key?",
          referral: "text?",
          created_at: "integer",
        },
        primary: ["id"],
        indexes: { of_user: ["user_id"] },
      },
      commerce_payments: {
        columns: { event_id: "key", order_id: "key", created_at: "integer" },
        primary: ["event_id"],
      },
      commerce_invitations: {
        columns: {
          digest: "key",
          purchase_id: "key",
          email: "text?",
          max_uses: "integer",
          used: "integer",
          created_at: "integer",
        },
        primary: ["digest"],
        indexes: { of_purchase: ["purchase_id"] },
      },
    },
    {
      // What open orders hold for a time: a use of a coupon, or the credit of a purchase. A user holds each with one order.
      commerce_holds: {
        columns: { kind: "key", target_id: "key", user_id: "user", order_id: "key", expires_at: "integer" },
        primary: ["kind", "target_id", "user_id"],
      },
    },
  ],
};
