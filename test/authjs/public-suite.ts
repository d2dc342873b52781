import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transformSync } from "esbuild";

/** Auth.js's own test suite of adapters. */
export interface PublicSuite {
  runBasicTests(options: { adapter: object; db: object; fixtures?: object; skipTests?: string[] }): Promise<void>;
}

const from = process.env.AUTHJS_ADAPTER_SUITE;

/**
 * Auth.js's own test suite of adapters, from the file that `AUTHJS_ADAPTER_SUITE` names: `packages/utils/adapter.ts` of
 * nextauthjs/next-auth. It is published as source only, in no package; without the variable this is `null`, and
 * `session-cases.ts` stands alone.
 */
export async function publicSuite(): Promise<PublicSuite | null> {
  if (from === undefined) return null;
  const folder = fileURLToPath(new URL("../../node_modules/.cache/coatcheck/", import.meta.url));
  const file = join(folder, `adapter-suite-${process.pid}.mjs`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, transformSync(readFileSync(from, "utf8"), { loader: "ts", format: "esm" }).code);
  return import(pathToFileURL(file).href) as Promise<PublicSuite>;
}
