import { createHash, randomBytes, randomUUID } from "node:crypto";
import { database } from "./database";

/** Somebody who reads the letter. */
export interface Reader {
  readonly id: string;
  readonly email: string;
}

const lifetime = 86_400_000;

/** Makes a ticket for an address. It goes there and nowhere else: whoever brings it back reads the mail of that address. */
export function makeTicket(email: string): string {
  const ticket = randomBytes(24).toString("base64url");
  database()
    .prepare("INSERT INTO letter_tickets (digest, email, ends_at) VALUES (?, ?, ?)")
    .run(digestOf(ticket), email, Date.now() + lifetime);
  return ticket;
}

/** Takes a ticket, once. `null` where it is none, or was taken, or is too old. */
export function redeemTicket(ticket: string): Reader | null {
  const row = database()
    .prepare("DELETE FROM letter_tickets WHERE digest = ? AND ends_at > ? RETURNING email")
    .get(digestOf(ticket), Date.now()) as Pick<Reader, "email"> | undefined;
  if (!row) return null;
  const sql =
    "INSERT INTO readers (id, email) VALUES (?, ?) ON CONFLICT (email) DO UPDATE SET email = email RETURNING *";
  return database().prepare(sql).get(randomUUID(), row.email) as Reader;
}

// Whoever reads the database cannot confirm anybody.
function digestOf(ticket: string): string {
  return createHash("sha256").update(ticket).digest("hex");
}
