import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

function codesOfSource(): string[] {
  const [union = ""] = /type SessionErrorCode =[^;]+;/.exec(read("src/errors.ts")) ?? [];
  return [...union.matchAll(/"([A-Z_]+)"/g)].map(([, code = ""]) => code);
}

it("docs/errors.md has a section for every code, and for nothing else", () => {
  const sections = [...read("docs/errors.md").matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => heading);
  expect(codesOfSource().length).toBeGreaterThan(10);
  expect(sections.toSorted()).toEqual(codesOfSource().toSorted());
});
