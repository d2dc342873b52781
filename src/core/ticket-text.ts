import { utf8Length } from "../bytes.ts";
import { type Duration, parseDuration } from "../duration.ts";
import { SessionDataError } from "../errors.ts";
import { decodeJson, encodeJson } from "./json.ts";

/** What a ticket is to be bound to, beside its purpose. */
export interface TicketOptions {
  /**
   * The public id of a living session that the ticket ends with, such as `session.id` (default: none). Once that session has been
   * signed out, revoked, has expired or has another user, the ticket opens nothing.
   */
  readonly session?: string | null;
}

/** The session that a ticket ends with. */
export interface Bond {
  readonly id: string;
  readonly generation: number;
  /** Whose it was then, `null` for nobody's. */
  readonly userId: string | null;
}

/** What a store keeps of a ticket. */
export interface TicketText {
  readonly digest: string;
  readonly purpose: string;
  /** JSON text. */
  readonly payload: string;
  readonly bond: Bond | null;
}

/** How large a payload may be, in bytes of JSON. */
const mostBytes = 4_096;

/** The longest that a ticket lasts, in milliseconds. */
const longest = 30 * 86_400_000;

/** Checks the name of a purpose. */
export function checkPurpose(purpose: unknown): string {
  if (typeof purpose === "string" && /^[a-z][a-z0-9.:_-]{0,63}$/i.test(purpose)) return purpose;
  throw new SessionDataError("DATA_INVALID", "The purpose of a ticket is not a name.", {
    hint: 'Write it like "confirm-email": at most 64 letters, digits, dots, colons, hyphens and underscores.',
  });
}

/** Checks how long a ticket lasts, and answers it in milliseconds. */
export function checkLife(life: unknown): number {
  const lasts = parseDuration(life as Duration);
  if (lasts !== null && lasts > 0 && lasts <= longest) return lasts;
  throw new SessionDataError("DATA_INVALID", "The time that a ticket lasts is not what it may be.", {
    hint: 'Pass a duration such as "15m", of at most 30 days.',
  });
}

/** Checks what a ticket carries, and writes it as JSON. */
export function encodePayload(payload: unknown): string {
  if (payload === null || payload === undefined)
    throw new SessionDataError("DATA_INVALID", "The payload of a ticket is missing.", {
      hint: "Pass what its redemption shall give, such as { userId }; null is the answer to a ticket that is none.",
    });
  const text = encodeJson(payload, "payload");
  if (utf8Length(text) <= mostBytes) return text;
  throw new SessionDataError("DATA_TOO_LARGE", `The payload of a ticket has more than ${mostBytes} bytes.`, {
    hint: "Keep the data where it belongs, and its key in the ticket.",
  });
}

/** What is kept of a ticket, as a text. */
export function writeTicket({ digest, purpose, payload, bond }: TicketText): string {
  return JSON.stringify([digest, purpose, payload, bond && [bond.id, bond.generation, bond.userId]]);
}

/** Reads it again; `null` where it is damaged. */
export function readTicket(text: string): TicketText | null {
  const fields = decodeJson(text);
  if (!Array.isArray(fields) || fields.length !== 4) return null;
  const [digest, purpose, payload, bound] = fields as readonly unknown[];
  const bond = bound === null ? null : readBond(bound);
  const isWhole = [digest, purpose, payload].every((field) => typeof field === "string") && bond !== undefined;
  return isWhole ? ({ digest, purpose, payload, bond } as TicketText) : null;
}

function readBond(bound: unknown): Bond | undefined {
  const [id, generation, userId] = Array.isArray(bound) ? (bound as readonly unknown[]) : [];
  const isWhole =
    typeof id === "string" && Number.isSafeInteger(generation) && (userId === null || typeof userId === "string");
  return isWhole ? ({ id, generation, userId } as Bond) : undefined;
}
