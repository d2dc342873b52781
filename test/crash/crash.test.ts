import { describe, expect, it } from "vitest";
import { dist } from "../races/library.mjs";
import { lastingStores, stores } from "../races/stores.mjs";
import { describeWith } from "../require-services.ts";
import { killAtRandom, killAtSteps } from "./kill.mjs";
import { steps } from "./steps.mjs";

type Found = { report(): { reached: number; failures: number; examples: string[] } };

function expectNothing(findings: Found, kills: number): void {
  const { reached, failures, examples } = findings.report();
  expect({ reached, failures, examples }).toEqual({ reached: kills, failures: 0, examples: [] });
}

for (const store of lastingStores) {
  const { isAvailable, isRemote } = stores[store as keyof typeof stores];
  const kills = isRemote ? 4 : 10;

  await describeWith(`kill -9 of writers on ${store}`, isAvailable, () => {
    it("F7 F8 G12 at random points: nothing acknowledged is lost, nothing is half rotated, T2 a dump opens nothing", async () => {
      expectNothing(await killAtRandom({ dist, store, figure: kills, seed: 1 }), kills);
    });

    it(`F8 at each of ${steps.length} named steps`, async () => {
      expectNothing(await killAtSteps({ dist, store, figure: 1, seed: 1 }), steps.length);
    });
  });
}

describe("negative controls", () => {
  const store = "sqlite";

  it("a store that acknowledges before it writes loses what was acknowledged", async () => {
    const findings = await killAtSteps({ dist, store, figure: 2, seed: 1, broken: "writesBehind", step: "set starts" });
    expect(findings.report().failures).toBeGreaterThan(0);
  });

  it("a store that rotates in two steps leaves sessions that nothing opens", async () => {
    const step = "rotate answers";
    const findings = await killAtSteps({ dist, store, figure: 2, seed: 1, broken: "rotatesInTwoSteps", step });
    expect(findings.report().failures).toBeGreaterThan(0);
  });

  it("a store that keeps tokens is found out", async () => {
    const step = "rotate answers";
    const findings = await killAtSteps({ dist, store, figure: 2, seed: 1, broken: "keepsTokens", step });
    expect(findings.report().examples).toContainEqual(expect.stringMatching(/secrets stand in the store/));
  });
});
