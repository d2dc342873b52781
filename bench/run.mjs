// `npm run bench`: everything that is measured, in one run, beside its peers and the physical limit.
// `npm run bench -- read` runs one part. `scale` fills databases with a million sessions: it runs only when it is named.
// Figures are for comparison within one run; machines differ.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const parts = {
  read: ["read.mjs"],
  stores: ["stores.mjs"],
  "lost-updates": ["lost-updates.mjs"],
  memory: ["--expose-gc", "memory-store.mjs"],
  snapshot: ["snapshot.mjs"],
  extensions: ["extensions.mjs"],
  tokens: ["tokens.mjs"],
  verify: ["verify.mjs"],
  footprint: ["footprint.mjs"],
  scale: ["scale.mjs"],
};
const onlyWhenNamed = new Set(["scale"]);

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(", ")}. The parts are ${Object.keys(parts).join(", ")}.`);
  process.exit(2);
}

if (!existsSync(`${here}node_modules`)) {
  console.log("Installing the libraries to compare with…");
  const { status } = spawnSync("npm", ["ci", "--no-progress"], { cwd: here, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

console.log(
  `# Benchmarks\n\nNode ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${new Date().toISOString().slice(0, 10)}`,
);
for (const [name, args] of Object.entries(parts)) {
  if (wanted.length > 0 ? !wanted.includes(name) : onlyWhenNamed.has(name)) continue;
  const { status } = spawnSync(process.execPath, args, { cwd: here, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
