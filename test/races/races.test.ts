import { afterAll, expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import { Crew } from "./crew.mjs";
import { dist } from "./library.mjs";
import { figureOf, races, runRace } from "./programs.mjs";
import { moduleOf, stores } from "./stores.mjs";

// Built by `npm test` before it runs: the processes import what users get.
for (const [store, { title, processes, isAvailable }] of Object.entries(stores)) {
  await describeWith(`races: ${title}`, isAvailable, () => {
    const crew = new Crew({ dist, storeModule: moduleOf(store), size: processes });
    afterAll(() => crew.close());

    for (const [name, { what, unit }] of Object.entries(races)) {
      const figure = figureOf(name, store, "test");
      it(`${what} (${figure} ${unit})`, async () => {
        const { reached, failures, examples } = await runRace(crew, name, { figure });
        expect({ failures, examples }).toEqual({ failures: 0, examples: [] });
        expect(reached).toBeGreaterThan(0);
      });
    }
  });
}
