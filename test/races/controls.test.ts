import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { Crew } from "./crew.mjs";
import { dist } from "./library.mjs";
import { races, runRace } from "./programs.mjs";

describe("races: negative controls, a broken store fails", () => {
  const storeModule = fileURLToPath(new URL("./stores/sqlite.mjs", import.meta.url));
  const crew = new Crew({ dist, storeModule, size: 8 });
  afterAll(() => crew.close());

  for (const [name, race] of Object.entries(races)) {
    for (const broken of race.broken) {
      it(`${name} notices ${broken}`, async () => {
        const { failures } = await runRace(crew, name, { figure: race.test, broken });
        expect(failures).toBeGreaterThan(0);
      });
    }
  }
});
