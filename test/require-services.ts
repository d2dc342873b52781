import { describe, it } from "vitest";

/** How a test learns whether what it needs is there: `true`, or what is wrong with it ("is not reachable at …"), or `false`. */
export type Availability = () => Promise<boolean | string> | boolean | string;

/**
 * A `describe` of tests that need a service or a program of this machine. Where it is missing the tests are skipped under a
 * name that says why; with `REQUIRE_SERVICES=1` that is a failure, so that continuous integration skips nothing by accident.
 *
 * ```
 * await describeWith("PostgreSQL", () => reach(url), () => { it("…", …) });
 * ```
 *
 * @param isAvailable answers `true`, or what is wrong ("is not reachable at 127.0.0.1:5432"). What it throws counts as that.
 */
export async function describeWith(serviceName: string, isAvailable: Availability, fn: () => void): Promise<void> {
  const answer = await ask(isAvailable);
  if (answer === true) {
    describe(serviceName, fn);
    return;
  }
  if (process.env.REQUIRE_SERVICES === "1") {
    describe(serviceName, () => {
      it("is required (REQUIRE_SERVICES=1)", () => {
        throw new Error(`${serviceName} ${answer}`);
      });
    });
    return;
  }
  // A describe of one named skip, not describe.skip(fn): collecting fn might already need the service.
  describe(serviceName, () => {
    it.skip(`skipped: ${serviceName} ${answer}`, () => {});
  });
}

async function ask(isAvailable: Availability): Promise<true | string> {
  try {
    const answer = await isAvailable();
    return answer === false ? "is not available" : answer;
  } catch (error) {
    return `is not usable: ${error instanceof Error ? error.message : String(error)}`;
  }
}
