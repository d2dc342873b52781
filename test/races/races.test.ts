import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { Crew } from "./crew.mjs";
import { dist } from "./library.mjs";
import { races, runRace } from "./programs.mjs";

// Built by `npm test` before it runs: the processes import what users get.
const stores = [
  { name: "sqlite", size: 8, titled: "eight processes on SQLite" },
  { name: "cached-sqlite", size: 8, titled: "eight processes on SQLite, each behind a cache" },
  { name: "memory", size: 1, titled: "one process in memory" },
];

for (const { name: store, size, titled } of stores) {
  describe(`races: ${titled}`, () => {
    const storeModule = fileURLToPath(new URL(`./stores/${store}.mjs`, import.meta.url));
    const crew = new Crew({ dist, storeModule, size });
    afterAll(() => crew.close());

    for (const [name, { what, test, unit }] of Object.entries(races)) {
      it(`${what} (${test} ${unit})`, async () => {
        const { reached, failures, examples } = await runRace(crew, name, { figure: test });
        expect({ failures, examples }).toEqual({ failures: 0, examples: [] });
        expect(reached).toBeGreaterThan(0);
      });
    }
  });
}
