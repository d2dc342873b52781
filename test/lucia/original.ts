import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const packages = fileURLToPath(new URL("original/node_modules/", import.meta.url));

/** Whether Lucia is installed for the tests. */
export function hasLucia(): true | string {
  return existsSync(`${packages}lucia`) || "is not installed: npm ci in test/lucia/original";
}

/** A session as an adapter of Lucia's keeps it. */
export interface DatabaseSession {
  readonly id: string;
  readonly userId: string;
  readonly expiresAt: Date;
  readonly attributes: object;
}

/** A user as an adapter of Lucia's finds it. */
export interface DatabaseUser {
  readonly id: string;
  readonly attributes: object;
}

/** An adapter as Lucia 3 asks for it. */
export interface Adapter {
  getSessionAndUser(id: string): Promise<[DatabaseSession | null, DatabaseUser | null]>;
  getUserSessions(userId: string): Promise<DatabaseSession[]>;
  setSession(session: DatabaseSession): Promise<void>;
  updateSessionExpiration(id: string, expiresAt: Date): Promise<void>;
  deleteSession(id: string): Promise<void>;
  deleteUserSessions(userId: string): Promise<void>;
  deleteExpiredSessions(): Promise<void>;
}

type Adapters = Record<string, new (client: unknown, names: { user: string; session: string }) => Adapter>;

/** The little of Lucia that the tests use. */
export interface Original {
  createSession(userId: string, attributes: object): Promise<{ readonly id: string; readonly expiresAt: Date }>;
  createSessionCookie(id: string): { serialize(): string };
  validateSession(id: string): Promise<{ readonly session: { readonly id: string } | null }>;
}

/** Lucia over one of its own adapters. */
export async function originalLucia(family: string, adapter: string, client: unknown): Promise<Original> {
  const { Lucia } = await load<{ Lucia: new (adapter: Adapter) => Original }>("lucia");
  const adapters = await load<Adapters>(`@lucia-auth/adapter-${family}`);
  const Adapter = adapters[adapter];
  if (!Adapter) throw new Error(`there is no ${adapter}`);
  return new Lucia(new Adapter(client, { user: "user", session: "session" }));
}

/** The test suite of Lucia's adapters, and the user that it expects. */
export function adapterSuite() {
  return load<{ testAdapter(adapter: Adapter): Promise<void>; databaseUser: DatabaseUser }>("@lucia-auth/adapter-test");
}

function load<Module>(name: string): Promise<Module> {
  return import(pathToFileURL(`${packages}${name}/dist/index.js`).href) as Promise<Module>;
}
