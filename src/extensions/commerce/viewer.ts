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
  readonly country: string | null;
  readonly now: number;
  readonly data: CommerceData;
  readonly catalog: Catalog;
  readonly prices: PricePolicy;
  /** The raw discount of a country, in percent. */
  readonly parity: (country: string) => number;
  readonly payment: Payments;
  readonly runtime: Runtime;
  readonly own: OwnData;
  /** Tells the operator; public ids only. */
  emit(event: string, details: Record<string, string | number | null>): void;
}

/** The user who is signed in. */
export function requireUserId({ userId }: Viewer, task: string): string {
  if (userId !== null) return userId;
  throw new SessionStateError("UNAUTHENTICATED", `Nobody is signed in: commerce cannot ${task}.`, {
    hint: "Let the visitor sign in first; their cart is kept.",
  });
}

/** A public id that nobody can guess, of 128 random bits. */
export function newId({ runtime }: Viewer): string {
  return toBase64url(runtime.randomBytes(16));
}
