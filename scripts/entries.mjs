// @ts-check
// The public entries, read from the exports map of package.json, so that every tool works from the same list.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of package.json. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** @returns {Record<string, unknown>} */
export function readManifest() {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
}

/**
 * Every key of the exports map but "./package.json", with the files it stands for, relative to the root.
 *
 * @returns {{ key: string, specifier: string, source: string, types: string, runtime: string }[]}
 */
export function readEntries() {
  const manifest = readManifest();
  const map = /** @type {Record<string, { types: string, default: string }>} */ (manifest.exports);
  return Object.entries(map)
    .filter(([key]) => key !== "./package.json")
    .map(([key, target]) => ({
      key,
      specifier: `${manifest.name}${key.slice(1)}`,
      source: target.default.replace("./dist/", "src/").replace(/\.js$/, ".ts"),
      types: target.types.replace("./", ""),
      runtime: target.default.replace("./", ""),
    }));
}
