import type { SchemaResult, StandardSchema } from "../../core/standard-schema.ts";
import { type CartLine, mostLines, mostPieces } from "./cart-line.ts";

/** What has brought the visitor here, for the time of their visit. */
export interface Attribution {
  /** The code of a coupon, or `null`. */
  readonly coupon: string | null;
  /** Who sent them, or `null`. */
  readonly referral: string | null;
}

/** Nothing is known. */
export const noAttribution: Attribution = { coupon: null, referral: null };

/** The schema of an anonymous visitor's cart. */
export const cartSchema = schemaOf((value = []): readonly CartLine[] | null => {
  return Array.isArray(value) && value.length <= mostLines && value.every(isLine) ? value : null;
});

/** The schema of an attribution. */
export const attributionSchema = schemaOf((value = noAttribution): Attribution | null => {
  const { coupon, referral } = (value ?? {}) as Partial<Attribution>;
  return isCodeOrNull(coupon) && isCodeOrNull(referral) ? { coupon, referral } : null;
});

/** Whether a value is a number of pieces that may be in a cart. */
export function isQuantity(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= mostPieces;
}

/** Whether a text may be an id or a code: not empty, and not longer than anything needs. */
export function isCode(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= 255;
}

function isLine(value: unknown): value is CartLine {
  const { productId, quantity } = (value ?? {}) as Partial<CartLine>;
  return isCode(productId) && isQuantity(quantity);
}

function isCodeOrNull(value: unknown): value is string | null {
  return value === null || isCode(value);
}

/** Makes a schema of a function that answers the value, or `null` for one that does not fit; nothing is the default. */
function schemaOf<Output>(read: (value: unknown) => Output | null): StandardSchema<Output | undefined, Output> {
  const validate = (value: unknown): SchemaResult<Output> => {
    const output = read(value);
    return output === null ? { issues: [{ message: "It is not what commerce keeps here." }] } : { value: output };
  };
  return { "~standard": { version: 1, vendor: "coatcheck", validate } };
}
