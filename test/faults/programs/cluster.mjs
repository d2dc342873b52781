import { Chance } from "../../races/chance.mjs";
import { Findings } from "../../races/findings.mjs";
import { pause } from "../pause.mjs";
import { Scene } from "../scene.mjs";

/** For how long, in milliseconds, a replica is behind its primary: not so long that the cluster takes it for dead. */
const mostLag = 1_200;

/**
 * G12: a primary of the cluster is killed with -9 under load while its replica is behind, the replica takes its place, and it
 * comes back as a replica. With `replicas: { wait: 1 }` nothing acknowledged is lost.
 */
export function killedPrimary(setup) {
  return under(setup, async ({ server }, chance) => {
    const node = await server.killPrimary(
      (primaries) => chance.pick(primaries),
      mostLag / 2 + chance.below(mostLag / 2),
    );
    await pause(chance.below(setup.longestFault));
    await server.restart(node);
  });
}

/** G1: slots move from one primary to another under load, with the sessions in them. Nothing is lost. */
export function movedSlots(setup) {
  return under(setup, ({ server }, chance) => server.moveSlots((primaries) => chance.pick(primaries), setup.slots));
}

async function under(setup, disturb) {
  const findings = new Findings();
  const chance = new Chance(setup.seed);
  const scene = await Scene.open({ ...setup, findings });
  try {
    await scene.receive();
    await scene.untilServed();
    for (; findings.reached < setup.figure; findings.reached++) {
      await pause(50 + chance.below(setup.longestCalm));
      await disturb(scene, chance);
      await scene.untilServed();
    }
    await scene.finish();
    findings.note(scene.story);
  } finally {
    await scene.close();
  }
  return findings;
}
