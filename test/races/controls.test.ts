import { afterAll, expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import { Crew } from "./crew.mjs";
import { dist } from "./library.mjs";
import { races, runRace } from "./programs.mjs";
import { moduleOf, stores } from "./stores.mjs";

const everyBreakage = Object.entries(races).flatMap(([race, { broken }]) =>
  broken.map((breakage) => [race, breakage] as const),
);
// Breakages are written over the port of stores: that two are noticed over a network shows that the others would be.
const controls = {
  sqlite: everyBreakage,
  postgres: [
    ["distinct-keys", "lastWriteWins"],
    ["slow-requests", "generationIgnored"],
  ],
} as const;

for (const [store, chosen] of Object.entries(controls)) {
  const { title, processes, isAvailable } = stores[store as keyof typeof controls];

  await describeWith(`races: a broken store fails, ${title}`, isAvailable, () => {
    const crew = new Crew({ dist, storeModule: moduleOf(store), size: processes });
    afterAll(() => crew.close());

    for (const [race, broken] of chosen) {
      it(`${race} notices ${broken}`, async () => {
        const { test: figure } = races[race as keyof typeof races];
        const { failures } = await runRace(crew, race, { figure, broken });
        expect(failures).toBeGreaterThan(0);
      });
    }
  });
}
