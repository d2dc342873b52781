import { describe, expect, it } from "vitest";
import { dist } from "../races/library.mjs";
import { flipBits, fuzzCookies } from "./fuzz.mjs";

describe("hostile Cookie headers, over raw sockets", () => {
  it("A1 A2 any bytes get a defined answer: no 5xx, no crash, no session, no cookie (10,000)", async () => {
    const { reached, failures, examples } = (await fuzzCookies({ dist, figure: 10_000, seed: 1 })).report();
    expect({ reached, failures, examples }).toEqual({ reached: 10_000, failures: 0, examples: [] });
  });

  it("negative control: a server that folds and trims the names of cookies is found out", async () => {
    const { failures } = (await fuzzCookies({ dist, figure: 1_000, seed: 1, careless: true })).report();
    expect(failures).toBeGreaterThan(0);
  });

  it("T7 every one-bit flip of a valid token is refused (5 tokens)", async () => {
    const { reached, failures, examples } = (await flipBits({ dist, figure: 5 * 560 })).report();
    expect({ reached, failures, examples }).toEqual({ reached: 5 * 560, failures: 0, examples: [] });
  });
});
