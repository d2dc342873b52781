import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "libsql";

const schema = `
  CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name TEXT NOT NULL,
    password TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    lines TEXT NOT NULL,
    total INTEGER NOT NULL,
    contact TEXT NOT NULL,
    placed_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS orders_by_user ON orders (user_id, number);
`;

/** The one connection of this process: our own tables, and those of the session store. */
export function database(): Database.Database {
  shared.courseDatabase ??= open(process.env.DATABASE_FILE ?? ".data/course.db");
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
  return opened;
}
