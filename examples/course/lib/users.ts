import { randomUUID } from "node:crypto";
import { database } from "./database";
import { hashPassword, verifyPassword } from "./passwords";

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: "customer" | "instructor" | "admin";
}

interface UserRow extends User {
  readonly password: string;
}

type Account = { email: string; name: string; password: string };

const demoAccounts: readonly (Account & Pick<User, "role">)[] = [
  { email: "demo@coatcheck.dev", password: "evening light on paper", name: "Dana Moreau", role: "customer" },
  { email: "ines@coatcheck.dev", password: "a jar by the window", name: "Ines Carvalho", role: "instructor" },
  { email: "admin@coatcheck.dev", password: "lamps along the river", name: "Alma Winter", role: "admin" },
];

/** The `user` function of the sessions: what the rest of the shop may know of somebody. */
export function findUser(id: string): User | null {
  const row = database().prepare("SELECT id, email, name, role FROM users WHERE id = ?").get(id) as User | undefined;
  return row ?? null;
}

export function findUserByEmail(email: string): User | null {
  const row = database().prepare("SELECT id, email, name, role FROM users WHERE email = ?").get(email);
  return (row as User | undefined) ?? null;
}

export function allUsers(): User[] {
  return database().prepare("SELECT id, email, name, role FROM users ORDER BY name, id").all() as User[];
}

/** Answers the new user, or `null` when the e-mail address is taken. */
export async function createUser(account: Account, role: User["role"] = "customer"): Promise<User | null> {
  const { email, name } = account;
  const password = await hashPassword(account.password);
  const id = randomUUID();
  const { changes } = database()
    .prepare("INSERT INTO users (id, email, name, password, role) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
    .run(id, email, name, password, role);
  return changes === 1 ? { id, email, name, role } : null;
}

/** Every session that the old password opened is still there: call `credentialsChanged()` of the sessions next. */
export async function changePassword(id: string, password: string): Promise<void> {
  const hash = await hashPassword(password);
  database().prepare("UPDATE users SET password = ? WHERE id = ?").run(hash, id);
}

/** Answers the user, or `null` for a wrong password and an unknown address alike, after the same work. */
export async function checkCredentials(email: string, password: string): Promise<User | null> {
  const row = database().prepare("SELECT id, email, name, role, password FROM users WHERE email = ?").get(email) as
    | UserRow
    | undefined;
  const isRight = await verifyPassword(password, row?.password ?? (await unknownUsersPassword()));
  return row && isRight ? { id: row.id, email: row.email, name: row.name, role: row.role } : null;
}

/** Makes the accounts of the demonstration where they are not there yet. */
export async function seedDemoAccounts(): Promise<void> {
  for (const account of demoAccounts) {
    const isThere = database().prepare("SELECT 1 FROM users WHERE email = ?").get(account.email);
    if (!isThere) await createUser(account, account.role);
  }
}

let decoy: Promise<string> | undefined;

// Comparing with a real hash takes as long for an address that nobody has: timing tells no one who has an account.
function unknownUsersPassword(): Promise<string> {
  decoy ??= hashPassword(randomUUID());
  return decoy;
}
