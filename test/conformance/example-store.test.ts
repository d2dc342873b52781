import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { storeConformance } from "../../src/testing/index.ts";
import { mapStore } from "./example-store.ts";

const read = (path: string) => readFile(new URL(path, import.meta.url), "utf8");

describe("the store of docs/testing-a-store.md", () => {
  const store = mapStore();
  for (const { name, run } of storeConformance()) test(name, () => run({ store }));

  test("is printed there as it is tested here", async () => {
    const code = (await read("./example-store.ts")).replace(/^import .*\n/gm, "");
    expect(await read("../../docs/testing-a-store.md")).toContain(code.trim());
  });
});
