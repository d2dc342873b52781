import { toBase64url } from "../../bytes.ts";
import { SessionStateError } from "../../errors.ts";
import type { Runtime } from "../../runtime.ts";
import type { CartLine } from "./cart-line.ts";
import type { Catalog } from "./catalog.ts";
import type { CommerceData } from "./commerce-data.ts";
import type { Attribution } from "./own-data.ts";
import type { Payments } from "./payment/payments.ts";
import type { PricePolicy } from "./pricing/price.ts";

/** What commerce keeps in the session. */
export interface OwnData {
  readonly cart: readonly CartLine[];
  readonly attribution: Attribution;
  changeCart(change: (lines: readonly CartLine[]) => CartLine[]): Promise<void>;
  forgetCart(): Promise<void>;
  attribute(change: (present: Attribution) => Attribution): Promise<void>;
}

/** Who is here, and what commerce works with in their request. */
export interface Viewer {
  readonly userId: string | null;
  /** Who really acts, while impersonating. */
  readonly actor: object | null;
  readonly country: string | null;
  readonly now: number;
  readonly data: CommerceData;
  readonly catalog: Catalog;
  readonly prices: PricePolicy;
  /** The raw discount of a country, in percent. */
  readonly parity: (country: string) => number;
  readonly payment: Payments;
  readonly runtime: Runtime;
  /** How long an order is open, in milliseconds. */
  readonly orderLifetime: number;
  /** Whether an actor may spend and give away what is the user's. */
  readonly mayActorSpend: boolean;
  readonly own: OwnData;
  /** Tells the operator; public ids only. */
  emit(event: string, details: Record<string, string | number | null>): void;
}

/**
 * The user who is signed in, and acts for themselves: what spends, or gives away, is not for somebody who looks through their eyes.
 */
export function requireUserId({ userId, actor, mayActorSpend }: Viewer, task: string): string {
  if (userId !== null && (actor === null || mayActorSpend)) return userId;
  if (userId !== null) {
    throw new SessionStateError("IMPERSONATION_REFUSED", `Commerce cannot ${task} while impersonating.`, {
      hint: 'Only the user may do this. Pass impersonation: "allow" to commerce() where an actor may.',
    });
  }
  throw new SessionStateError("UNAUTHENTICATED", `Nobody is signed in: commerce cannot ${task}.`, {
    hint: "Let the visitor sign in first; their cart is kept.",
  });
}

/** A public id that nobody can guess, of 128 random bits. */
export function newId({ runtime }: Viewer): string {
  return toBase64url(runtime.randomBytes(16));
}
