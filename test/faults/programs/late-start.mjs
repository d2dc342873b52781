import { Findings } from "../../races/findings.mjs";
import { Scene } from "../scene.mjs";

const strangers = 8;

/**
 * G8: the application starts while its store is down. Every visitor gets a 503, and a page that needs no session its answer;
 * when the store is there, the first visitor is served: the table is made then.
 */
export async function lateStart(setup) {
  const findings = new Findings();
  for (; findings.reached < setup.figure; findings.reached++) await startOnce(setup, findings);
  return findings;
}

async function startOnce(setup, findings) {
  const scene = await Scene.open({ ...setup, findings, later: true });
  const { patience = 20_000 } = setup;
  try {
    await scene.server.kill();
    await scene.startApplication();
    const ask = (deed, query) => scene.application.ask(deed, { query, patience });
    const page = await ask("GET /");
    findings.check(page.status === 200, () => `a stranger's page was answered with ${page.status}`);
    const answers = await Promise.all(
      Array.from({ length: strangers }, (_, number) => ask("POST /begin", { tag: `early-${number}` })),
    );
    for (const { status, headers } of answers) {
      findings.check(status === 503, () => `a visitor before the store was answered with ${status}`);
      findings.check(!headers?.["set-cookie"], "a cookie was set before the store was there");
      findings.check(headers?.["retry-after"], "a 503 without Retry-After");
    }
    await scene.server.start();
    await scene.untilServed();
    findings.note(`served ${Math.round(scene.recoveries[0])} ms after the store was there`);
  } finally {
    await scene.close();
  }
}
