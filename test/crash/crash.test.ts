import { describe, expect, it } from "vitest";
import { dist } from "../races/library.mjs";
import { killAtRandom, killAtSteps } from "./kill.mjs";
import { steps } from "./steps.mjs";

type Found = { report(): { reached: number; failures: number; examples: string[] } };

function expectNothing(findings: Found, kills: number): void {
  const { reached, failures, examples } = findings.report();
  expect({ reached, failures, examples }).toEqual({ reached: kills, failures: 0, examples: [] });
}

describe("kill -9 of writers on SQLite", () => {
  it("F7 F8 G12 at random points: nothing acknowledged is lost, nothing is half rotated, T2 the file opens nothing", async () => {
    expectNothing(await killAtRandom({ dist, figure: 10, seed: 1 }), 10);
  });

  it(`F8 at each of ${steps.length} named steps`, async () => {
    expectNothing(await killAtSteps({ dist, figure: 1, seed: 1 }), steps.length);
  });
});

describe("negative controls", () => {
  it("a store that acknowledges before it writes loses what was acknowledged", async () => {
    const findings = await killAtSteps({ dist, figure: 2, seed: 1, broken: "writesBehind", step: "set starts" });
    expect(findings.report().failures).toBeGreaterThan(0);
  });

  it("a store that rotates in two steps leaves sessions that nothing opens", async () => {
    const findings = await killAtSteps({
      dist,
      figure: 2,
      seed: 1,
      broken: "rotatesInTwoSteps",
      step: "rotate answers",
    });
    expect(findings.report().failures).toBeGreaterThan(0);
  });

  it("a file that holds tokens is found out", async () => {
    const findings = await killAtSteps({ dist, figure: 2, seed: 1, broken: "keepsTokens", step: "rotate answers" });
    expect(findings.report().examples).toContainEqual(expect.stringMatching(/secrets stand in the file/));
  });
});
