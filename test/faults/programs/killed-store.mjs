import { Chance } from "../../races/chance.mjs";
import { Findings } from "../../races/findings.mjs";
import { pause } from "../pause.mjs";
import { Scene } from "../scene.mjs";

/**
 * G8, G12: the store is killed with -9 under load, and started again a moment later. Nothing acknowledged is lost, nobody is
 * signed out, and the application serves again by itself.
 */
export async function killedStore(setup) {
  const findings = new Findings();
  const chance = new Chance(setup.seed);
  const scene = await Scene.open({ ...setup, findings });
  try {
    await scene.receive();
    await scene.untilServed();
    for (let kill = 0; kill < setup.figure; kill++) {
      await pause(50 + chance.below(setup.longestCalm));
      await scene.server.kill();
      await pause(chance.below(setup.longestFault));
      await scene.server.start();
      await scene.untilServed();
      findings.reached += 1;
    }
    await scene.finish();
    findings.note(scene.story);
  } finally {
    await scene.close();
  }
  return findings;
}
