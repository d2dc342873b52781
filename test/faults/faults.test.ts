import { expect, it } from "vitest";
import { dist } from "../races/library.mjs";
import { describeWith } from "../require-services.ts";
import { faultPrograms, programsOf, runFault } from "./programs.mjs";
import { faultStores } from "./stores.mjs";

// Built by `npm test` before it runs: the application imports what users get.
for (const [store, { server }] of Object.entries(faultStores)) {
  await describeWith(`faults: ${store}`, server.isInstalled, () => {
    for (const name of programsOf(store, "test")) {
      const { what, unit, test } = faultPrograms[name as keyof typeof faultPrograms];

      it(`${what} (${test.figure} ${unit})`, async () => {
        const { reached, failures, examples } = await runFault(name, { dist, store, scale: "test" });
        expect({ failures, examples }).toEqual({ failures: 0, examples: [] });
        expect(reached).toBe(test.figure);
      });
    }
  });
}
