import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const postgresRoot = "/usr/lib/postgresql";

/** Where Debian keeps what is not on everybody's PATH, the newest version first. */
function usualFolders() {
  const versions = existsSync(postgresRoot) ? readdirSync(postgresRoot) : [];
  const newestFirst = versions.sort((one, other) => Number(other) - Number(one));
  return [...newestFirst.map((version) => join(postgresRoot, version, "bin")), "/usr/sbin", "/usr/local/sbin"];
}

/** The path of the first of these programs that is installed, or `null`. */
export function findBinary(...names) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...usualFolders()];
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find(isExecutable) ?? null;
}

/** Whether these programs are installed: `true`, or what is missing. */
export function areInstalled(...names) {
  const missing = names.filter((name) => findBinary(name) === null);
  return missing.length === 0 ? true : `is not installed (${missing.join(", ")})`;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
