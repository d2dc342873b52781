import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the built library lies. `COATCHECK_DIST` names another build. */
export const dist = process.env.COATCHECK_DIST ?? join(root, "dist");

/** Imports one file of the built library, such as `"index.js"` or `"stores/sqlite.js"`. */
export async function importBuilt(folder, file) {
  const path = join(folder, file);
  if (!existsSync(path)) throw new Error(`There is no ${path}: run "npm run build" first.`);
  return import(pathToFileURL(path).href);
}
