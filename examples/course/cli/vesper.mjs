#!/usr/bin/env node
// @ts-check
// Vesper in a terminal: `node vesper.mjs sign-in`, `courses`, `complete COURSE/LESSON`, `sign-out`.
//
// It has an access token, which is good for minutes, and a refresh token, which gets the next one. Both are in a file that only
// its user reads: VESPER_TOKENS, else vesper/tokens.json in the folder for configuration. VESPER_URL says where the shop is.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";

/**
 * @typedef {object} Tokens
 * @property {string} shop
 * @property {string} access
 * @property {number} expiresAt
 * @property {string} refresh
 */

const config = process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config");
const file = process.env.VESPER_TOKENS ?? join(config, "vesper/tokens.json");
const client = "command-line";

/** So long before its end a token is exchanged, in milliseconds: a request takes a while to arrive. */
const ahead = 10_000;

/** Something that the reader can put right: printed without a stack. */
class Trouble extends Error {}

const commands = { "sign-in": signIn, courses, complete, "sign-out": signOut };
const [command = "", ...args] = process.argv.slice(2);

try {
  if (!Object.hasOwn(commands, command)) throw new Trouble(`Usage: vesper ${Object.keys(commands).join(" | ")}`);
  await commands[/** @type {keyof commands} */ (command)](...args);
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** @param {string} [given] */
async function signIn(given) {
  const shop = process.env.VESPER_URL ?? "http://localhost:3000";
  const ticket = given ?? (await ask(`Make a ticket at ${shop}/account/command-line\nTicket: `));
  const answer = await send(`${shop}/api/command-line`, json({ ticket: ticket.trim(), host: hostname() }));
  if (answer.status === 400)
    throw new Trouble("That ticket is not good, or was used before. Make another one and try again.");
  keep(shop, await bodyOf(answer));
  console.log("You are signed in. Try: courses");
}

async function courses() {
  const { name, courses } = await bodyOf(await call("GET"));
  console.log(`${name}, your courses:`);
  for (const { title, slug, completed, total, next } of courses) {
    console.log(`\n  ${title} (${slug}): ${completed} of ${total} lessons`);
    if (next) console.log(`    next: ${next.title}\n    complete ${next.id}`);
  }
  if (courses.length === 0) console.log("\n  None yet. Complete a free lesson, or buy a course.");
}

/** @param {string} [lesson] */
async function complete(lesson) {
  if (!lesson) throw new Trouble("Which one? complete COURSE/LESSON");
  const answer = await call("POST", { lesson });
  if (answer.status === 404) throw new Trouble(`There is no lesson ${lesson}. Look at: courses`);
  if (answer.status === 403) throw new Trouble("That lesson is locked: its course is not yours.");
  console.log(`Completed: ${(await bodyOf(answer)).completed}`);
}

/** Its session ends with the tokens. */
async function signOut() {
  const { shop, refresh } = read();
  const answer = await post(`${shop}/api/session/revoke-token`, { token: refresh, client_id: client });
  if (!answer.ok) await bodyOf(answer);
  rmSync(file, { force: true });
  console.log("You are signed out.");
}

/**
 * Calls the API with a token that is good; once more with the next one where the shop says that it is not.
 *
 * @param {"GET" | "POST"} method
 * @param {unknown} [body]
 */
async function call(method, body) {
  const tokens = read();
  const fresh = tokens.expiresAt - ahead > Date.now() ? tokens : await exchange(tokens);
  const answer = await callWith(fresh, method, body);
  return answer.status === 401 ? callWith(await exchange(fresh), method, body) : answer;
}

/** @param {Tokens} tokens @param {string} method @param {unknown} body */
function callWith({ shop, access }, method, body) {
  const { headers, ...sent } = body === undefined ? { headers: {} } : json(body);
  return send(`${shop}/api/learning`, {
    ...sent,
    method,
    headers: { ...headers, authorization: `Bearer ${access}` },
  });
}

/**
 * Gets the next tokens, and keeps them before the first is used: the old refresh token is worth nothing after that. Where no answer
 * arrives the same one may be shown again.
 *
 * @param {Tokens} tokens
 * @returns {Promise<Tokens>}
 */
async function exchange({ shop, refresh }) {
  const answer = await post(`${shop}/api/session/token`, {
    grant_type: "refresh_token",
    client_id: client,
    refresh_token: refresh,
  });
  const isEnded = answer.status === 400 && (await answer.clone().json()).error === "invalid_grant";
  if (!isEnded) return keep(shop, await bodyOf(answer));
  const now = read();
  if (now.refresh !== refresh) return now; // another vesper of this user was quicker
  throw new Trouble("You are signed out: somebody has ended this session, or it was unused for too long. Sign in again.");
}

/** @param {string} url @param {Record<string, string>} fields */
function post(url, fields) {
  return send(url, { method: "POST", body: new URLSearchParams(fields) });
}

/** @param {unknown} value */
function json(value) {
  return { method: "POST", body: JSON.stringify(value), headers: { "content-type": "application/json" } };
}

/** @param {string} url @param {RequestInit} request */
async function send(url, request) {
  const answer = await fetch(url, request).catch(() => null);
  if (!answer) throw new Trouble(`The shop does not answer at ${new URL(url).origin}. Is it open? Nothing was lost.`);
  if (answer.status >= 500) throw new Trouble("The shop is out of order for the moment. Nothing was lost; try again.");
  return answer;
}

/** @param {Response} answer */
async function bodyOf(answer) {
  if (answer.ok) return answer.json();
  throw new Trouble(`The shop refused that (${answer.status}): ${await answer.text()}`);
}

/** @param {string} shop @param {{ access_token: string, expires_in: number, refresh_token: string }} answer @returns {Tokens} */
function keep(shop, { access_token: access, expires_in: lasts, refresh_token: refresh }) {
  const tokens = { shop, access, expiresAt: Date.now() + lasts * 1_000, refresh };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(tokens), { mode: 0o600 });
  renameSync(draft, file); // whole or not at all
  return tokens;
}

/** @returns {Tokens} */
function read() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new Trouble("You are not signed in. Begin with: sign-in");
  }
}

/** @param {string} question */
async function ask(question) {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(question);
  lines.close();
  return answer;
}
