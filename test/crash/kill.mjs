import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Chance } from "../races/chance.mjs";
import { Findings } from "../races/findings.mjs";
import { openModule } from "../races/stores.mjs";
import { findSecrets, presentDump } from "./dump.mjs";
import { steps } from "./steps.mjs";
import { Story } from "./story.mjs";
import { reopen, verifyStory } from "./verify.mjs";

const writerFile = fileURLToPath(new URL("./writer.mjs", import.meta.url));
const writersAtOnce = 2;

/**
 * F7, F8, G12: writers are killed at random points. Nothing acknowledged is lost, nothing is half done.
 *
 * @param {{ dist: string, store: string, figure: number, seed: number, broken?: string }} setup `figure`: how many kills.
 */
export async function killAtRandom(setup) {
  const chance = new Chance(setup.seed);
  return killRounds(setup, setup.figure, () => ({ afterLines: 1 + chance.below(120) }));
}

/**
 * F7, F8, G12: writers are killed at each named step, before the store knows of it and before its answer is known.
 *
 * @param {{ dist: string, store: string, figure: number, seed: number, broken?: string, step?: string }} setup `figure`: how
 *   many kills at each step.
 */
export async function killAtSteps(setup) {
  const wanted = setup.step ? [setup.step] : steps;
  return killRounds(setup, wanted.length * setup.figure, (kill) => ({ step: wanted[kill % wanted.length] }));
}

async function killRounds({ dist, store, seed, broken }, figure, planOf) {
  const findings = new Findings();
  const { makeTarget, release } = await openModule(store);
  const { target, remove } = await makeTarget();
  try {
    await killOften({ dist, store, target }, { seed, broken, figure, planOf }, findings);
  } finally {
    await remove();
    await release?.();
  }
  return findings;
}

async function killOften(place, { seed, broken, figure, planOf }, findings) {
  const all = { ids: [], secrets: [], shared: await makeShared(place), counted: 0, underWay: 0 };
  while (findings.reached < figure) {
    const numbers = Array.from(
      { length: Math.min(writersAtOnce, figure - findings.reached) },
      (_, i) => findings.reached + i,
    );
    const tellWriter = { ...place, shared: all.shared, broken };
    const plans = numbers.map((number) => ({ ...tellWriter, seed: seed + number, ...planOf(number) }));
    const stories = await Promise.all(plans.map((plan) => runUntilKilled(plan, findings)));
    await verifyAll(place, stories, all, findings);
    findings.reached += numbers.length;
  }
  await verifyDump(place, all, findings);
}

async function makeShared(place) {
  const { now, close } = await reopen(place);
  const { token } = await now.create({ data: { count: 0 } });
  await close();
  return token;
}

/** Starts a writer and kills it after so many lines, or when it has come to its step. */
async function runUntilKilled({ afterLines = Number.POSITIVE_INFINITY, ...orders }, findings) {
  const child = spawn(process.execPath, [writerFile, JSON.stringify(orders)], { stdio: ["ignore", "pipe", "inherit"] });
  const story = new Story();
  let lines = 0;
  onLines(child.stdout, (line) => {
    story.hear(JSON.parse(line));
    if (++lines === afterLines || story.stopped) child.kill("SIGKILL");
  });
  const signal = await new Promise((resolve) => child.once("close", (_, signal) => resolve(signal)));
  findings.check(signal === "SIGKILL", "a writer ended by itself");
  return story;
}

// What was said before the kill is all read. A line that the kill has cut off was not acknowledged.
function onLines(stream, hear) {
  let rest = "";
  stream.setEncoding("utf8").on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const line of lines) hear(line);
  });
}

async function verifyAll(place, stories, all, findings) {
  const { now, later, close } = await reopen(place);
  for (const story of stories) {
    await verifyStory({ now, later }, story, findings);
    all.ids.push(...story.sessions.map(({ id }) => id));
    all.secrets.push(...story.secrets);
  }
  const acknowledged = stories.reduce((sum, { counted }) => sum + counted, all.counted);
  // What a writer had sent when it was killed may be carried out by a server later on, or never.
  const underWay = all.underWay + stories.length;
  const { count } = (await now.validate(all.shared)).data;
  const fits = count >= acknowledged && count <= acknowledged + underWay;
  findings.check(fits, `the shared count is ${count} after ${acknowledged} were acknowledged`);
  all.underWay = underWay - (count - acknowledged);
  all.counted = count;
  await close();
}

/** G4, T2: nothing that the store keeps opens a session. */
async function verifyDump(place, { ids, secrets }, findings) {
  const { dump } = await openModule(place.store);
  const text = await dump(place.target);
  const found = findSecrets(text, secrets);
  findings.check(found.length === 0, `${found.length} secrets stand in the store`);
  const { now, close } = await reopen(place);
  const presented = await presentDump(now, text, ids, 50_000, findings);
  findings.check(presented > 0 || ids.length === 0, "the dump holds nothing to present");
  await close();
}
