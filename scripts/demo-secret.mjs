// @ts-check
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * The secret that tokens are made with, as old as the database beside it: what was given away is good after the next start, too.
 * Whoever is first makes it. The link is made of a whole file or not at all, so that nobody reads half a secret, and two that start
 * at once have the same one.
 *
 * @param {string} databaseFile
 */
export function keptSecret(databaseFile) {
  const file = `${databaseFile}.secret`;
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  mkdirSync(dirname(file), { recursive: true });
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
  try {
    writeFileSync(draft, randomBytes(32).toString("base64url"), { mode: 0o600 });
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error; // another one was first
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, "utf8");
}

/** @param {unknown} error @param {string} code */
function isCode(error, code) {
  return /** @type {{ code?: string }} */ (error).code === code;
}
