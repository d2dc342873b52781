import { expect, it } from "vitest";
import { dist } from "../races/library.mjs";
import { describeWith } from "../require-services.ts";
import { faultPrograms, runFault } from "./programs.mjs";
import { faultStores } from "./stores.mjs";

const store = "postgres/pg";

await describeWith("faults: negative controls, a broken build fails", faultStores[store].server.isInstalled, () => {
  for (const [name, { broken }] of Object.entries(faultPrograms)) {
    for (const breakage of Object.keys(broken)) {
      it(`${name} notices ${breakage}`, async () => {
        const { failures } = await runFault(name, { dist, store, scale: "test", broken: breakage });
        expect(failures).toBeGreaterThan(0);
      });
    }
  }
});
