import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { createSessions, memoryStore } from "../../src/index.ts";
import { tokens } from "../../src/tokens/index.ts";
import { coatcheck } from "./command.ts";

describe("coatcheck secret", () => {
  it("prints a secret that is accepted, another one each time", async () => {
    const [one, other] = await Promise.all([coatcheck(["secret"]), coatcheck(["secret"])]);
    expect(one).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]{43}\n$/), stderr: "" });
    expect(other.stdout).not.toBe(one.stdout);
    const open = (secret: string) => createSessions({ store: memoryStore(), secrets: [secret] });
    expect(() => open(one.stdout.trim())).not.toThrow();
    expect(() => open(one.stdout.slice(0, 31))).toThrow("secrets[0] has 31 bytes"); // a control: not everything is
  });
});

describe("coatcheck token-key", () => {
  it.each([
    ["EdDSA", []],
    ["EdDSA", ["--algorithm", "EdDSA"]],
    ["ES256", ["--algorithm=ES256"]],
  ])("prints a key of %s that signs: %j", async (algorithm, more) => {
    const { code, stdout, stderr } = await coatcheck(["token-key", ...more]);
    expect({ code, stderr, lines: stdout.split("\n").length }).toEqual({ code: 0, stderr: "", lines: 2 });
    expect(JSON.parse(stdout)).toMatchObject({ alg: algorithm, d: expect.any(String), kid: expect.any(String) });
    expect(() =>
      tokens({ ...{ issuer: "https://shop.example", audiences: ["https://api.example"], keys: stdout }, clients: {} }),
    ).not.toThrow();
  });
});

describe("coatcheck", () => {
  it("tells its version and its commands", async () => {
    expect(await coatcheck(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
    const { code, stdout } = await coatcheck(["--help"]);
    expect(code).toBe(0);
    for (const command of ["secret", "token-key", "reseal"]) expect(stdout).toContain(`  ${command}`);
    expect((await coatcheck(["reseal", "--help"])).stdout).toBe(stdout);
  });

  it.each([
    [[], "Which command?"],
    [["frobnicate"], 'There is no command "frobnicate".'],
    [["constructor"], 'There is no command "constructor".'],
    [["secret", "twice"], '"twice" is one word too many.'],
    [["secret", "--bytes"], "--bytes"],
    [["token-key", "--algorithm", "none"], 'There is no algorithm "none"'],
    [["token-key", "--algorithm"], "--algorithm"],
    [["reseal"], "Which module?"],
    [["reseal", "nowhere.mjs"], "There is no file"],
  ])("was asked for wrongly: %j", async (args, said) => {
    const { code, stdout, stderr } = await coatcheck(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(said);
    expect(stderr).toContain("coatcheck --help");
  });
});
