#!/usr/bin/env node
// @ts-check
// Vesper in a terminal: `node vesper.mjs sign-in`, `courses`, `complete COURSE/LESSON`, `sign-out`.
//
// It has an access token, which is good for minutes, and a refresh token, which gets the next one: keys.mjs has the file that both
// are in, shop.mjs the exchange. VESPER_URL says where the shop is.
import { hostname } from "node:os";
import { createInterface } from "node:readline/promises";
import { find, forget, keep, read } from "./keys.mjs";
import { bodyOf, call, redeem, revoke } from "./shop.mjs";
import { Trouble, typed } from "./trouble.mjs";

const commands = { "sign-in": signIn, courses, complete, "sign-out": signOut };
const usage = `Usage: ${typed("sign-in | courses | complete COURSE/LESSON | sign-out")}`;
const [command = "", ...args] = process.argv.slice(2);

try {
  if (!Object.hasOwn(commands, command)) throw new Trouble(usage);
  await commands[/** @type {keyof commands} */ (command)](...args);
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** @param {string} [given] */
async function signIn(given) {
  if (given !== undefined) {
    // It would stand in the list of processes, and in the history of the shell.
    throw new Trouble(
      `No ticket is taken from the command itself: others can read it there. Type: ${typed("sign-in")}`,
    );
  }
  const former = find();
  const shop = shopAddress();
  const ticket = await ask(`Make a ticket at ${shop}/account/command-line\nTicket: `);
  if (!ticket) throw new Trouble("There was no ticket, so nobody is signed in.");
  keep(shop, bodyOf(await redeem(shop, ticket, hostname())));
  console.log(`You are signed in. See your courses: ${typed("courses")}`);
  if (former) await end(former);
}

async function courses() {
  const { name, courses } = bodyOf(await call("GET"));
  console.log(`${name}, your courses:`);
  for (const { title, slug, completed, total, next } of courses) {
    console.log(`\n  ${title} (${slug}): ${completed} of ${total} lessons`);
    if (next) console.log(`    Next: ${next.title}\n    When you have read it: ${typed(`complete ${next.id}`)}`);
  }
  if (courses.length === 0) console.log("\n  None yet. Complete a free lesson, or buy a course.");
}

/** @param {string} [lesson] */
async function complete(lesson) {
  if (!lesson) throw new Trouble(`Which lesson? ${typed("complete COURSE/LESSON")}`);
  const answer = await call("POST", { lesson });
  if (answer.error === "no_such_lesson")
    throw new Trouble(`There is no lesson ${lesson}. See your courses: ${typed("courses")}`);
  console.log(`Completed: ${bodyOf(answer).completed}`);
}

/** Its session ends with the tokens. */
async function signOut() {
  bodyOf(await revoke(read(), "Sign out again, to be sure."));
  forget();
  console.log("You are signed out.");
}

/** Ends the sign-in whose keys were overwritten. Nobody has them any more, and it would stand in its user's list. @param {import("./keys.mjs").Tokens} former */
async function end(former) {
  try {
    bodyOf(await revoke(former, ""));
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    console.error(`Your sign-in before this one could not be ended. End it at ${former.shop}/account/access`);
  }
}

function shopAddress() {
  const given = process.env.VESPER_URL ?? "http://localhost:3000";
  if (URL.canParse(given) && /^https?:/.test(given)) return new URL(given).origin;
  throw new Trouble(`VESPER_URL is "${given}". It takes an address such as http://localhost:3000.`);
}

/** What is typed or piped in, or nothing where the input ends before. @param {string} question */
async function ask(question) {
  const lines = createInterface({ input: process.stdin, output: process.stderr, prompt: question });
  lines.prompt();
  const { value = "" } = await lines[Symbol.asyncIterator]().next(); // question() would wait for ever where the input ends
  lines.close();
  return value.trim();
}
