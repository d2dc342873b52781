import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { importBuilt } from "../library.mjs";

/** Any number of processes may share one file. */
export const processes = "many";

/**
 * A place for one program. `"memory"` asks for a file system without a disk, for programs that choose the order of events
 * themselves: there waiting for a disk proves nothing.
 */
export function makeTarget(medium = "disk") {
  const parent = medium === "memory" && existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = mkdtempSync(join(parent, "coatcheck-races-"));
  return { target: join(folder, "sessions.db"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Opens the store of a place, in each process anew. */
export async function openStore(dist, target) {
  const { sqliteStore } = await importBuilt(dist, "stores/sqlite.js");
  const database = new Database(target);
  return { store: sqliteStore(database), close: () => database.close() };
}

/** Every byte of the database as text: the file, and what has not been moved into it yet. */
export function dump(target) {
  const files = [target, `${target}-wal`].filter((path) => existsSync(path));
  return files.map((path) => readFileSync(path, "latin1")).join("\n");
}
