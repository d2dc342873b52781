import { randomUUID } from "node:crypto";
import { database } from "./database";
import { hashPassword, verifyPassword } from "./passwords";

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

interface UserRow extends User {
  readonly password: string;
}

export const demoAccount = { email: "demo@coatcheck.dev", password: "evening light on paper", name: "Dana Moreau" };

/** The `user` function of the sessions: what the rest of the shop may know of somebody. */
export function findUser(id: string): User | null {
  const row = database().prepare("SELECT id, email, name FROM users WHERE id = ?").get(id) as User | undefined;
  return row ?? null;
}

/** Answers the new user, or `null` when the e-mail address is taken. */
export async function createUser(account: { email: string; name: string; password: string }): Promise<User | null> {
  const { email, name } = account;
  const password = await hashPassword(account.password);
  const id = randomUUID();
  const { changes } = database()
    .prepare("INSERT INTO users (id, email, name, password) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
    .run(id, email, name, password);
  return changes === 1 ? { id, email, name } : null;
}

/** Answers the user, or `null` for a wrong password and an unknown address alike, after the same work. */
export async function checkCredentials(email: string, password: string): Promise<User | null> {
  const row = database().prepare("SELECT id, email, name, password FROM users WHERE email = ?").get(email) as
    | UserRow
    | undefined;
  const isRight = await verifyPassword(password, row?.password ?? (await unknownUsersPassword()));
  return row && isRight ? { id: row.id, email: row.email, name: row.name } : null;
}

export async function seedDemoAccount(): Promise<void> {
  const isThere = database().prepare("SELECT 1 FROM users WHERE email = ?").get(demoAccount.email);
  if (!isThere) await createUser(demoAccount);
}

let decoy: Promise<string> | undefined;

// Comparing with a real hash takes as long for an address that nobody has: timing tells no one who has an account.
function unknownUsersPassword(): Promise<string> {
  decoy ??= hashPassword(randomUUID());
  return decoy;
}
