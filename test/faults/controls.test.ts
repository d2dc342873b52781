import { expect, it } from "vitest";
import { dist } from "../races/library.mjs";
import { describeWith } from "../require-services.ts";
import { faultPrograms, programsOf, runFault } from "./programs.mjs";
import { faultStores } from "./stores.mjs";

for (const store of ["postgres/pg", "redis-cluster/ioredis"] as const) {
  await describeWith(`faults: a broken build fails, ${store}`, faultStores[store].server.isInstalled, () => {
    for (const name of programsOf(store, "prove")) {
      for (const broken of Object.keys(faultPrograms[name as keyof typeof faultPrograms].broken)) {
        it(`${name} notices ${broken}`, async () => {
          const { failures } = await runFault(name, { dist, store, scale: "test", broken });
          expect(failures).toBeGreaterThan(0);
        });
      }
    }
  });
}
