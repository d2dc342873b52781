import { Chance } from "../../races/chance.mjs";
import { Findings } from "../../races/findings.mjs";
import { pause } from "../pause.mjs";
import { Scene } from "../scene.mjs";

/** What can happen to a network. Each is lifted after a while; what it has killed stays dead. */
const faults = {
  cut: (proxy) => proxy.cut(),
  refuse: (proxy) => proxy.refuse(),
  delay: (proxy, { timeLimit, chance }) => proxy.delay(timeLimit / 2 + chance.below(timeLimit)),
  blackHole: (proxy) => proxy.blackHole(),
  stall: (proxy) => proxy.stall(),
  resetMidAnswer: (proxy, { chance }) => void proxy.resetAfter(chance.below(4_000)),
  halfOpen: (proxy) => proxy.halfOpen(),
};

/** Their names: those that a program goes through in turn before it leaves the order to chance. */
export const faultNames = Object.keys(faults);

/**
 * F11, G1, G8: the network between the application and its store fails in every way, under the load of many visitors. Every
 * request ends, with the right answer or a 503; nobody gets the answer to another's question; no acknowledged write is lost,
 * and none counted twice; when the fault is over the application serves again by itself.
 */
export async function network(setup) {
  const findings = new Findings();
  const chance = new Chance(setup.seed);
  const scene = await Scene.open({ ...setup, findings, through: "proxy" });
  try {
    await scene.receive();
    await scene.untilServed();
    while (findings.reached < setup.figure) {
      const name = setup.only ?? faultNames[findings.reached] ?? chance.pick(faultNames);
      await pause(50 + chance.below(setup.longestCalm));
      await faults[name](scene.proxy, { timeLimit: setup.timeLimit, chance });
      await pause(setup.longestFault / 2 + chance.below(setup.longestFault / 2));
      await scene.proxy.lift();
      await scene.untilServed(name);
      findings.reached += 1;
    }
    await scene.finish();
    findings.note(scene.story);
  } finally {
    await scene.close();
  }
  return findings;
}
