import { toBase64url } from "../../bytes.ts";
import { digestOf } from "../../token/digest.ts";
import type { ClaimedSeat } from "./commerce-data.ts";
import { isCode } from "./own-data.ts";
import type { Owned } from "./owned.ts";
import { isTeamPurchase, type Purchase } from "./purchase.ts";
import { blankPurchase, withGrants } from "./settlement.ts";
import { requireUserId, type Viewer } from "./viewer.ts";

/** The seats of one team purchase. */
export interface TeamSeats {
  readonly purchaseId: string;
  readonly productId: string;
  readonly total: number;
  readonly used: number;
  readonly left: number;
}

/** Whom an invitation is for. */
export interface InviteOptions {
  /** The address of the one who is invited: a note for the owner. Sending the code there is for the application to do. */
  readonly email?: string;
  /** How often the code may be claimed (default: once with an `email`, otherwise as often as there are seats). */
  readonly uses?: number;
}

/** An invitation as it was made. Its code is shown this once: only a digest of it is kept. */
export type Invited = { readonly status: "invited"; readonly code: string } | { readonly status: "missing" };

/**
 * What became of a claim. `"already"`: this user has a seat of that team. `"used"`: the code was claimed as often as it may be.
 * `"full"`: no seat is left, or the purchase was refunded. `"unknown"`: there is no such code.
 */
export type SeatClaimed =
  | { readonly status: "claimed"; readonly productId: string; readonly purchaseId: string }
  | { readonly status: "already" | "used" | "full" | "unknown" };

/** The seats that the visitor gives, and the ones that they take. */
export interface Seats {
  /** The seats of the visitor's team purchases. */
  list(): Promise<readonly TeamSeats[]>;
  /**
   * Makes a code with which a seat can be claimed. `"missing"` where the visitor does not own such a team purchase.
   *
   * @throws {@link SessionStateError} `UNAUTHENTICATED`, or `IMPERSONATION_REFUSED` while impersonating.
   */
  invite(purchaseId: string, options?: InviteOptions): Promise<Invited>;
  /**
   * Gives the visitor a seat. There are never more than were bought, however many claim at once, and one for each user.
   *
   * @throws {@link SessionStateError} `UNAUTHENTICATED`, or `IMPERSONATION_REFUSED` while impersonating.
   */
  claim(code: string): Promise<SeatClaimed>;
  /** Who has claimed a seat; `null` where the visitor does not own the team purchase. */
  claimed(purchaseId: string): Promise<readonly ClaimedSeat[] | null>;
}

/** Makes the seats of a visitor. */
export function createSeats(viewer: Viewer, owned: Owned): Seats {
  const teams = async () => (await owned.purchases()).filter(isLivingTeam);
  return {
    list: async () => (await teams()).map(seatsOf),
    async invite(purchaseId, options = {}) {
      requireUserId(viewer, "invite anybody");
      const team = (await teams()).find(({ id }) => id === purchaseId);
      return team ? invite(viewer, team, options) : { status: "missing" };
    },
    async claim(code) {
      const userId = requireUserId(viewer, "claim a seat");
      const result = isCode(code) ? await claim(viewer, userId, code) : { status: "unknown" as const };
      if (result.status === "claimed") owned.forget();
      return result;
    },
    claimed: async (purchaseId) => {
      return viewer.userId === null ? null : viewer.data.claimedSeats(purchaseId, viewer.userId);
    },
  };
}

function isLivingTeam(purchase: Purchase): boolean {
  return isTeamPurchase(purchase) && purchase.status !== "Refunded";
}

function seatsOf({ id, productId, quantity, seatsUsed }: Purchase): TeamSeats {
  return { purchaseId: id, productId, total: quantity, used: seatsUsed, left: quantity - seatsUsed };
}

async function invite(viewer: Viewer, team: Purchase, { email, uses }: InviteOptions): Promise<Invited> {
  const maxUses = uses ?? (email === undefined ? team.quantity : 1);
  if (!Number.isInteger(maxUses) || maxUses < 1) throw new RangeError("uses must be a whole number, 1 or more.");
  const code = toBase64url(viewer.runtime.randomBytes(24));
  const invitation = {
    digest: await digestOf(code),
    purchaseId: team.id,
    email: email ?? null,
    maxUses,
    used: 0,
    createdAt: viewer.now,
  };
  if ((await viewer.data.addInvitation(invitation, team.userId)) === "missing") return { status: "missing" };
  viewer.emit("seat-invited", { purchaseId: team.id, userId: team.userId });
  return { status: "invited", code };
}

async function claim(viewer: Viewer, userId: string, code: string): Promise<SeatClaimed> {
  const digest = await digestOf(code);
  const found = await viewer.data.findInvitation(digest);
  if (!found) return { status: "unknown" };
  const { team } = found;
  const purchase = { ...blankPurchase(viewer, userId, team.productId), currency: team.currency, seatOf: team.id };
  const status = await viewer.data.claimSeat({ digest, seat: await withGrants(viewer, purchase) });
  if (status !== "claimed") return { status };
  viewer.emit("seat-claimed", { teamPurchaseId: team.id, purchaseId: purchase.id, userId });
  return { status, productId: team.productId, purchaseId: purchase.id };
}
