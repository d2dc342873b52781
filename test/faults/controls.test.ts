import { expect, it } from "vitest";
import { dist } from "../races/library.mjs";
import { describeWith } from "../require-services.ts";
import { faultPrograms, programsOf, runFault } from "./programs.mjs";
import { faultStores } from "./stores.mjs";

const mostRuns = 10;

for (const store of ["postgres/pg", "redis-cluster/ioredis"] as const) {
  await describeWith(`faults: a broken build fails, ${store}`, faultStores[store].server.isInstalled, () => {
    for (const name of programsOf(store, "prove")) {
      for (const broken of Object.keys(faultPrograms[name as keyof typeof faultPrograms].broken)) {
        it(`${name} notices ${broken}`, async () => {
          // Whether a fault meets a change just as it is made is chance: it may take another run, or a few.
          let failures = 0;
          for (let seed = 1; seed <= mostRuns && failures === 0; seed++)
            ({ failures } = await runFault(name, { dist, store, scale: "test", broken, seed }));
          expect(failures).toBeGreaterThan(0);
        });
      }
    }
  });
}
