import { Chance } from "../../races/chance.mjs";
import { Findings } from "../../races/findings.mjs";
import { Scene } from "../scene.mjs";
import { Visitor } from "../visitor.mjs";

const mebibyte = 1_048_576;
const mostMemory = 256 * mebibyte;
/** A call that is never answered counts as under way for ten time limits. A flood is shorter than twice that. */
const mostRounds = 3;

/**
 * G8: the store answers nothing, and requests keep coming. Each ends with a 503, those above the limit of pending calls at
 * once; memory stays bounded, and when the store answers again so does the application.
 */
export async function flood(setup) {
  const findings = new Findings();
  const scene = await Scene.open({ ...setup, findings, through: "proxy" });
  const { application, proxy } = scene;
  try {
    await scene.untilServed();
    const cookie = await cookieOf({ application, findings, patience: setup.patience });
    const before = await application.report();
    proxy.blackHole();
    await pour({ application, cookie }, setup, findings);
    const { mostPending, memory } = await application.report();
    await proxy.lift();
    await scene.untilServed();
    const grown = memory - before.memory;
    findings.check(mostPending <= setup.pendingLimit * mostRounds, () => `${mostPending} calls were under way`);
    findings.check(grown < mostMemory, () => `memory grew by ${Math.round(grown / mebibyte)} MiB`);
    findings.note(`${mostPending} calls under way at most, ${Math.round(grown / mebibyte)} MiB more; ${times(scene)}`);
  } finally {
    await scene.close();
  }
  return findings;
}

async function cookieOf({ application, findings, patience }) {
  const visitor = new Visitor({ application, findings, chance: new Chance(1), patience, tag: "flooding" });
  await visitor.turn();
  return `session=${visitor.token}`;
}

// So many requests at a time, each followed by the next one.
async function pour({ application, cookie }, { figure, atOnce, patience }, findings) {
  let sent = 0;
  const line = async () => {
    while (sent < figure) {
      const deed = sent++ % 2 === 0 ? "GET /" : "POST /begin";
      const request = { query: { tag: `flood-${sent}` }, patience, cookie: deed === "GET /" ? cookie : null };
      const { status, headers } = await application.ask(deed, request);
      findings.check(status === 503 && headers["retry-after"], () => `${deed} was answered with ${status}`);
      findings.check(!headers?.["set-cookie"], "a cookie was set by a request that failed");
      findings.reached += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, line));
}

const times = ({ recoveries }) => `back after ${Math.round(recoveries.at(-1))} ms`;
