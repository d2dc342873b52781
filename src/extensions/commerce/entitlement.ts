import { type Duration, toMilliseconds } from "../../duration.ts";
import type { Grant } from "./catalog.ts";

/** A right of a user. */
export interface Entitlement {
  readonly type: string;
  /** What it is for; empty for everything. */
  readonly contentIds: readonly string[];
  /** When it ends, in epoch milliseconds; `null` for never. */
  readonly expiresAt: number | null;
  /** The purchase that it comes from, or `null`. */
  readonly purchaseId: string | null;
  /** The only country where it counts, or `null`. */
  readonly country: string | null;
}

/** The rights that count now and here, by their type. */
export type Entitlements = Readonly<Record<string, readonly Entitlement[]>>;

/** Those that have not ended, and are not for another country. One that ends at this instant has ended. */
export function activeEntitlements(
  all: readonly Entitlement[],
  now: number,
  country: string | null,
): readonly Entitlement[] {
  return all.filter(
    ({ expiresAt, country: only }) => (expiresAt === null || expiresAt > now) && (only === null || only === country),
  );
}

/** Sorts rights by their type. */
export function byType(entitlements: readonly Entitlement[]): Entitlements {
  const types = new Map<string, Entitlement[]>();
  for (const entitlement of entitlements) {
    const group = types.get(entitlement.type);
    if (group) group.push(entitlement);
    else types.set(entitlement.type, [entitlement]);
  }
  // Object.fromEntries defines its properties: a type called __proto__ is one like any other.
  return Object.fromEntries(types);
}

/** Whether rights allow something, of one content or of all. */
export function permits(entitlements: Entitlements, type: string, contentId: string | undefined): boolean {
  const group = Object.hasOwn(entitlements, type) ? (entitlements[type] ?? []) : [];
  return group.some(({ contentIds }) => {
    return contentIds.length === 0 || (contentId !== undefined && contentIds.includes(contentId));
  });
}

/** The right that a grant of a product gives from an instant on. */
export function entitlementFrom(
  { type, contentIds = [], lasts }: Grant,
  purchase: { readonly id: string; readonly country: string | null },
  now: number,
): Entitlement {
  const expiresAt = lasts === undefined ? null : now + lengthOf(lasts);
  return { type, contentIds, expiresAt, purchaseId: purchase.id, country: purchase.country };
}

const lengthOf = (lasts: Duration) => toMilliseconds(lasts, "the lasts of a product's grant");
