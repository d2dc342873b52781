// @ts-check
// The keys of a sign-in, in a file that only its user reads: VESPER_TOKENS, else vesper/tokens.json in the folder for configuration.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Trouble, typed } from "./trouble.mjs";

/**
 * @typedef {object} Tokens
 * @property {string} shop
 * @property {string} access
 * @property {number} expiresAt
 * @property {string} refresh
 */

const config = process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config");
const file = process.env.VESPER_TOKENS ?? join(config, "vesper/tokens.json");

/** @returns {Tokens} */
export function read() {
  const tokens = find();
  if (!tokens) throw new Trouble(`You are not signed in. Begin with: ${typed("sign-in")}`);
  return tokens;
}

/** The tokens, or null where nobody is signed in. A file that nobody can make sense of is neither. @returns {Tokens | null} */
export function find() {
  const text = attempt("read", () => readFileSync(file, "utf8"), "ENOENT");
  return text === null ? null : parse(text);
}

/** @param {string} shop @param {{ access_token: string, expires_in: number, refresh_token: string }} answer @returns {Tokens} */
export function keep(shop, { access_token: access, expires_in: lasts, refresh_token: refresh }) {
  const tokens = { shop, access, expiresAt: Date.now() + lasts * 1_000, refresh };
  attempt("written", () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(tokens), { mode: 0o600 });
    renameSync(draft, file); // whole or not at all
  });
  return tokens;
}

export function forget() {
  attempt("deleted", () => rmSync(file, { force: true }));
}

/**
 * @template Value
 * @param {string} done
 * @param {() => Value} work
 * @param {string} [expected] the code of a failure that is an answer: null
 */
function attempt(done, work, expected) {
  try {
    return work();
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (expected && code === expected) return null;
    throw new Trouble(`The file with your keys cannot be ${done} (${code}): ${file}`);
  }
}

/** @param {string} text @returns {Tokens} */
function parse(text) {
  try {
    const tokens = JSON.parse(text);
    const isWhole = [tokens.shop, tokens.access, tokens.refresh].every((one) => typeof one === "string");
    if (isWhole && typeof tokens.expiresAt === "number") return tokens;
  } catch {}
  throw new Trouble(`The file with your keys is damaged: ${file}\nDelete it, and sign in again: ${typed("sign-in")}`);
}
