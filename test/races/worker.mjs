// One process of a crew: opens the store that it is told, and does the jobs that it is given.
import { pathToFileURL } from "node:url";
import { breakStore } from "./broken.mjs";
import { wordsOf } from "./findings.mjs";
import * as acting from "./jobs/acting.mjs";
import * as limiting from "./jobs/limiting.mjs";
import * as proving from "./jobs/proving.mjs";
import * as redeeming from "./jobs/redeeming.mjs";
import * as refreshing from "./jobs/refreshing.mjs";
import * as revoking from "./jobs/revoking.mjs";
import * as rotating from "./jobs/rotating.mjs";
import * as touching from "./jobs/touching.mjs";
import * as writing from "./jobs/writing.mjs";
import { importBuilt } from "./library.mjs";

const jobs = {
  open,
  leave,
  ...acting,
  ...limiting,
  ...proving,
  ...redeeming,
  ...refreshing,
  ...revoking,
  ...rotating,
  ...touching,
  ...writing,
};
const gates = new Map();

/** What the jobs work with: the library, the open store, a manager over it, and what they keep between jobs. */
let context = null;

async function open(_, { dist, module, target, broken }) {
  const { openStore } = await import(pathToFileURL(module).href);
  const library = await importBuilt(dist, "index.js");
  const { store: whole, close } = await openStore(dist, target);
  const distort = async (store) => (broken ? breakStore(broken, store, dist) : store);
  const store = await distort(whole);
  const makeSessions = (options) => library.createSessions({ origins: ["https://shop.example"], store, ...options });
  const sessions = makeSessions({});
  // What the store holds, whatever copies a process keeps: to look at how a race came out.
  const exact = makeSessions({ store: { ...store, copyOf: undefined } });
  context = { dist, whole, distort, store, close, makeSessions, sessions, exact, waitAtGate, kept: new Map() };
}

async function leave() {
  await context?.close();
  context = null;
}

/** Tells the parent that a call has come this far, and waits until it may go on. */
function waitAtGate(actor, call) {
  process.send({ gate: actor, call });
  return new Promise((resolve) => gates.set(actor, resolve));
}

async function answer({ number, job, args }) {
  try {
    process.send({ number, result: (await jobs[job](context, args)) ?? null });
  } catch (error) {
    process.send({ number, error: wordsOf(error) });
  }
}

process.on("message", (message) => {
  if (message.pass === undefined) return void answer(message);
  const go = gates.get(message.pass);
  gates.delete(message.pass);
  go();
});

process.on("disconnect", () => process.exit());
