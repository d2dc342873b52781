// @ts-check
// How the shop is asked, and how its tokens are exchanged for the next ones.
import { setTimeout } from "node:timers/promises";
import { keep, read } from "./keys.mjs";
import { Trouble, typed } from "./trouble.mjs";

/** @typedef {import("./keys.mjs").Tokens} Tokens */
/** @typedef {{ isGood: boolean, status: number, error: string, body: any }} Answer */

const client = "command-line";

/** So long before its end a token is exchanged, in milliseconds: a request takes a while to arrive. */
const ahead = 10_000;

/** No answer, or that of a shop which is out of order: what was asked has been done or not, and nobody knows. */
class Unanswered extends Trouble {}

const refusals = new Map([
  ["locked", "That lesson is locked: you have not bought its course, or have it for one country or at work alone."],
  ["insufficient_scope", `This sign-in may not do that. Sign in again: ${typed("sign-in")}`],
  ["no_such_user", "Your account at the shop is no more."],
  ["invalid_ticket", "That ticket is not good, or was used before. Make another one, and try again."],
  ["not_here", "This shop signs no command line in."],
]);

/** @param {string} shop @param {string} ticket @param {string} host */
export function redeem(shop, ticket, host) {
  // The shop may have used the ticket up, although nothing was heard of it.
  return send(`${shop}/api/command-line`, json({ ticket, host }), "Make another ticket, and try again.");
}

/** Ends the session of the tokens. @param {Tokens} tokens @param {string} advice */
export function revoke({ shop, refresh }, advice) {
  const fields = { token: refresh, client_id: client };
  return post(`${shop}/api/session/revoke-token`, fields, advice, AbortSignal.timeout(10_000));
}

/**
 * Calls the API with a token that is good; once more with the next one where the shop says that it is not.
 *
 * @param {"GET" | "POST"} method
 * @param {unknown} [body]
 */
export async function call(method, body) {
  const tokens = read();
  const fresh = tokens.expiresAt - ahead > Date.now() ? tokens : await exchange(tokens);
  const answer = await callWith(fresh, method, body);
  return answer.status === 401 ? callWith(await exchange(fresh), method, body) : answer;
}

/** What the answer holds, where it is none that says no. @param {Answer} answer */
export function bodyOf({ isGood, status, error, body }) {
  if (isGood) return body;
  throw new Trouble(refusals.get(error) ?? `The shop refused that (${error || status}).`);
}

/** @param {Tokens} tokens @param {string} method @param {unknown} body */
function callWith({ shop, access }, method, body) {
  const { headers, ...sent } = body === undefined ? { headers: {} } : json(body);
  const request = { ...sent, method, headers: { ...headers, authorization: `Bearer ${access}` } };
  return send(`${shop}/api/learning`, request, "You are still signed in; try again.");
}

/**
 * Gets the next tokens, and keeps them before the first is used: the old refresh token is worth nothing after that.
 *
 * @param {Tokens} tokens
 * @returns {Promise<Tokens>}
 */
async function exchange({ shop, refresh }) {
  const answer = await nextTokens(shop, refresh);
  if (answer.error !== "invalid_grant") return keep(shop, bodyOf(answer));
  const now = read();
  if (now.refresh !== refresh) return now; // another vesper of this user was quicker
  throw new Trouble(
    `You are signed out: somebody has ended this session, or it was unused for too long. Sign in again: ${typed("sign-in")}`,
  );
}

/**
 * Asks again at once where the answer was lost. For ten seconds the shop gives the same tokens to whoever shows the same refresh token;
 * after that it takes it for a stolen one, and ends the session. Three times three seconds and the pauses are within that.
 *
 * @param {string} shop
 * @param {string} refresh
 * @returns {Promise<Answer>}
 */
async function nextTokens(shop, refresh, again = 2) {
  const fields = { grant_type: "refresh_token", client_id: client, refresh_token: refresh };
  const advice = "Try again soon. It may be that you have to sign in anew.";
  try {
    return await post(`${shop}/api/session/token`, fields, advice, AbortSignal.timeout(3_000));
  } catch (error) {
    if (!(error instanceof Unanswered) || again === 0) throw error;
  }
  await setTimeout(400);
  return nextTokens(shop, refresh, again - 1);
}

/** @param {string} url @param {Record<string, string>} fields @param {string} advice @param {AbortSignal} signal */
function post(url, fields, advice, signal) {
  return send(url, { method: "POST", body: new URLSearchParams(fields), signal }, advice);
}

/** @param {unknown} value */
function json(value) {
  return { method: "POST", body: JSON.stringify(value), headers: { "content-type": "application/json" } };
}

/**
 * Asks the shop, and reads the whole answer: half of one is none.
 *
 * @param {string} url
 * @param {RequestInit} request
 * @param {string} advice what the reader is told to do where no answer comes
 * @returns {Promise<Answer>}
 */
async function send(url, request, advice) {
  try {
    const answer = await fetch(url, request);
    const text = await answer.text();
    if (answer.status >= 500) throw new Unanswered(`The shop is out of order for the moment. ${advice}`);
    const body = parse(text);
    const [, challenged = ""] = /error="([^"]+)"/.exec(answer.headers.get("www-authenticate") ?? "") ?? [];
    return { isGood: answer.ok, status: answer.status, error: body?.error ?? challenged, body };
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Unanswered(`The shop does not answer at ${new URL(url).origin}. Is it open? ${advice}`);
  }
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
