import { activeEntitlements, byType, type Entitlements, permits } from "./entitlement.ts";
import { isElsewhere, isOwned, type Purchase } from "./purchase.ts";
import type { Viewer } from "./viewer.ts";

/** An upgrade that a user may buy for less. */
export interface AvailableUpgrade {
  readonly productId: string;
  /** The purchase that it would take the place of. */
  readonly upgradeFrom: string;
  /** What was paid for that, in minor units. */
  readonly credit: number;
}

/** What the visitor owns. Each question is asked of the data once, and only when it is asked here. */
export interface Owned {
  purchases(): Promise<readonly Purchase[]>;
  hasPurchased(productId: string): Promise<boolean>;
  isRegionRestricted(productId?: string): Promise<boolean>;
  entitlements(): Promise<Entitlements>;
  has(type: string, contentId?: string): Promise<boolean>;
  availableUpgrades(): Promise<readonly AvailableUpgrade[]>;
  /** Forgets what was read, after a change. */
  forget(): void;
}

/** Makes the view of one request. */
export function createOwned({ userId, data, now, country, catalog }: Viewer): Owned {
  let purchases: Promise<readonly Purchase[]> | null = null;
  let entitlements: Promise<Entitlements> | null = null;

  async function readEntitlements(): Promise<Entitlements> {
    return userId === null ? {} : byType(activeEntitlements(await data.entitlementsOf(userId), now, country));
  }

  const owned: Owned = {
    purchases() {
      purchases ??= userId === null ? Promise.resolve([]) : data.purchasesOf(userId);
      return purchases;
    },
    async hasPurchased(productId) {
      return (await owned.purchases()).some((purchase) => purchase.productId === productId && isOwned(purchase));
    },
    async isRegionRestricted(productId) {
      const concerned = (await owned.purchases()).filter(
        (purchase) => productId === undefined || purchase.productId === productId,
      );
      // A second purchase that is not restricted lifts the restriction of the same product.
      return concerned.some(
        (purchase) => isElsewhere(purchase, country) && !concerned.some((other) => lifts(other, purchase)),
      );
    },
    entitlements() {
      entitlements ??= readEntitlements();
      return entitlements;
    },
    has: async (type, contentId) => permits(await owned.entitlements(), type, contentId),
    async availableUpgrades() {
      const bought = await owned.purchases();
      return catalog.all
        .filter(({ id }) => !bought.some((purchase) => purchase.productId === id && isOwned(purchase)))
        .flatMap(({ id, currency, upgradableFrom = [] }) => {
          const from = bought.find((purchase) => isUpgradable(purchase, currency, upgradableFrom));
          return from ? [{ productId: id, upgradeFrom: from.id, credit: from.total }] : [];
        });
    },
    forget() {
      purchases = null;
      entitlements = null;
    },
  };
  return owned;
}

function lifts(other: Purchase, purchase: Purchase): boolean {
  return other.productId === purchase.productId && other.status === "Valid" && isOwned(other);
}

/** Whether what was paid for a purchase counts towards a product. */
export function isUpgradable(purchase: Purchase, currency: string, from: readonly string[]): boolean {
  return (
    isOwned(purchase) &&
    purchase.seatOf === null &&
    purchase.upgradedTo === null &&
    purchase.currency === currency &&
    from.includes(purchase.productId)
  );
}
