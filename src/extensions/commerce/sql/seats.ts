import type { SqlTables } from "../../sql/database.ts";
import type { SqlSteps, SqlWork } from "../../sql/steps.ts";
import type { CommerceData, SeatClaim } from "../commerce-data.ts";
import { addPurchase } from "./purchases.ts";
import { invitationOf, purchaseOf } from "./rows.ts";
import { transactOrUndo, Undo } from "./undo.ts";

type Seats = Pick<CommerceData, "addInvitation" | "findInvitation" | "claimSeat" | "claimedSeats">;

/** The seats of team purchases. */
export function createSeats(tables: SqlTables): Seats {
  return {
    addInvitation: (invitation, ownerId) => {
      const { digest, purchaseId, email, maxUses, used, createdAt } = invitation;
      return tables.transact("invite somebody", function* (sql) {
        const [team] = yield* sql.read(
          "SELECT id FROM {commerce_purchases} WHERE id = ? AND user_id = ? AND quantity > 1 AND status <> 'Refunded'",
          [purchaseId, ownerId],
        );
        if (!team) return "missing";
        yield* sql.add(
          "INSERT INTO {commerce_invitations} (digest, purchase_id, email, max_uses, used, created_at) " +
            "VALUES (?, ?, ?, ?, ?, ?)",
          [digest, purchaseId, email, maxUses, used, createdAt],
        );
        return "added";
      });
    },
    async findInvitation(digest) {
      const bySql = "SELECT * FROM {commerce_invitations} WHERE digest = ?";
      const [invitation] = await tables.read("find an invitation", bySql, [digest]);
      if (!invitation) return null;
      const teamSql = "SELECT * FROM {commerce_purchases} WHERE id = ?";
      const [team] = await tables.read("find a team purchase", teamSql, [invitation.purchase_id ?? null]);
      return team ? { invitation: invitationOf(invitation), team: purchaseOf(team) } : null;
    },
    async claimSeat(claim) {
      const result = await transactOrUndo<Claimed>(tables, "claim a seat", (sql) => claimSeat(sql, claim));
      // The same user may have claimed it a moment ago, in another tab.
      return result !== "claimed" && (await hasSeat(tables, claim)) ? "already" : result;
    },
    async claimedSeats(purchaseId, ownerId) {
      const ownSql = "SELECT id FROM {commerce_purchases} WHERE id = ? AND user_id = ? AND quantity > 1";
      const [own] = await tables.read("find a team purchase", ownSql, [purchaseId, ownerId]);
      if (!own) return null;
      const seatsSql = "SELECT * FROM {commerce_purchases} WHERE seat_of = ? ORDER BY created_at, id";
      const seats = await tables.read("list seats", seatsSql, [purchaseId]);
      return seats.map(purchaseOf).map(({ userId, createdAt }) => ({ userId, claimedAt: createdAt }));
    },
  };
}

type Claimed = "claimed" | "already" | "used" | "full";

const seatSql = "SELECT id FROM {commerce_purchases} WHERE seat_of = ? AND user_id = ?";

async function hasSeat(tables: SqlTables, { seat: { purchase } }: SeatClaim): Promise<boolean> {
  return (await tables.read("find a seat", seatSql, [purchase.seatOf, purchase.userId])).length > 0;
}

// Every condition is part of the statement that takes what it is about: nothing is decided by what was read before.
function* claimSeat(sql: SqlSteps, { digest, seat }: SeatClaim): SqlWork<Claimed> {
  const { seatOf } = seat.purchase;
  const used = yield* sql.write(
    "UPDATE {commerce_invitations} SET used = used + 1 WHERE digest = ? AND purchase_id = ? AND used < max_uses",
    [digest, seatOf],
  );
  if (used === 0) return "used";
  const taken = yield* sql.write(
    "UPDATE {commerce_purchases} SET seats_used = seats_used + 1 " +
      "WHERE id = ? AND seats_used < quantity AND quantity > 1 AND status <> 'Refunded'",
    [seatOf],
  );
  if (taken === 0) throw new Undo("full");
  if (!(yield* addPurchase(sql, seat))) throw new Undo("already");
  return "claimed";
}
