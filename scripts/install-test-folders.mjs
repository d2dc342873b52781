// @ts-check
// Installs the test folders that have a package.json of their own: what they need is too large, or too particular to one
// machine (a native module compiled from source), for the root.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./entries.mjs";

const folders = [
  "test/drivers/better-sqlite3", // compiles from source where its download is out of reach
  "test/drivers/node-24", // a newer Node.js, for what only that has
  "test/lucia/original", // Lucia 3 and the test suite of its adapters
  "test/next/apps/authjs-4", // NextAuth 4
  "test/next/apps/authjs-5", // Auth.js 5, and an OpenID provider
  "test/next/apps/next-14",
  "test/next/apps/next-15",
  "test/next/apps/next-16",
];

for (const folder of folders) {
  if (!existsSync(join(root, folder, "package.json"))) {
    console.log(`${folder}: not there, skipped`);
    continue;
  }
  console.log(`${folder}: npm ci`);
  const { status } = spawnSync("npm", ["ci", "--no-progress"], { cwd: join(root, folder), stdio: "inherit" });
  if (status !== 0) {
    console.error(`${folder}: npm ci failed`);
    process.exit(status ?? 1);
  }
}
