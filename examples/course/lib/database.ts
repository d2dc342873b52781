import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";
import { databaseFile } from "./settings";

const schema = `
  CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'customer'
  ) STRICT;
  CREATE TABLE IF NOT EXISTS invoices (
    number INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (id),
    lines TEXT NOT NULL,
    total INTEGER NOT NULL,
    coupon TEXT,
    referral TEXT,
    contact TEXT NOT NULL,
    billing TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    declined_at INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS invoices_by_user ON invoices (user_id, number);
  CREATE TABLE IF NOT EXISTS letter_tickets (
    digest TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    ends_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS readers (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE
  ) STRICT;
  CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    session_id TEXT,
    user_id TEXT,
    actor_id TEXT,
    detail TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS teaching (
    user_id TEXT NOT NULL REFERENCES users (id),
    course TEXT NOT NULL,
    PRIMARY KEY (user_id, course)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS organisations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    courses TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS members (
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, organisation_id)
  ) STRICT;
`;

/** The one connection of this process: our own tables, and those of the session store. */
export function database(): Database.Database {
  shared.courseDatabase ??= open(databaseFile);
  return shared.courseDatabase;
}

// Next bundles this module several times over; the process is what they share.
const shared = globalThis as { courseDatabase?: Database.Database };

function open(file: string): Database.Database {
  mkdirSync(dirname(file), { recursive: true });
  const opened = new Database(file);
  opened.pragma("journal_mode = WAL");
  opened.pragma("busy_timeout = 2000");
  opened.pragma("foreign_keys = ON");
  opened.exec(schema);
  addRoles(opened);
  return opened;
}

// A file of an earlier version of the shop knows no roles yet.
function addRoles(opened: Database.Database): void {
  const role = opened.prepare("SELECT 1 FROM pragma_table_info('users') WHERE name = 'role'").get();
  if (!role) opened.exec("ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'customer'");
}
