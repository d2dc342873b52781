import type { CommerceOptions } from "./options.ts";
import { isCode } from "./own-data.ts";
import type { Owned } from "./owned.ts";
import { requireUserId, type Viewer } from "./viewer.ts";

/**
 * What became of a transfer. `"missing"`: the visitor has no such purchase that can be given away. `"unknown-recipient"`: nobody
 * was found by what was typed, or it is the visitor.
 */
export type Transferred = "transferred" | "missing" | "unknown-recipient";

/** Gives a purchase of the visitor, with its rights and its seats, to another user. */
export async function transfer(
  viewer: Viewer,
  owned: Owned,
  recipient: CommerceOptions["recipient"],
  purchaseId: string,
  to: string,
): Promise<Transferred> {
  const userId = requireUserId(viewer, "transfer a purchase");
  const receiver = isCode(to) ? await recipient?.(to) : null;
  if (receiver == null || receiver === userId) return "unknown-recipient";
  const result = await viewer.data.transfer(purchaseId, userId, receiver);
  if (result !== "transferred") return result;
  owned.forget();
  viewer.emit("purchase-transferred", { purchaseId, from: userId, to: receiver });
  return result;
}
