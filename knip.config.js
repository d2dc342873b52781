// Unused files, exports and dependencies. The entries are those of the exports map.
import { readEntries } from "./scripts/entries.mjs";

export default {
  entry: [
    ...readEntries().map((entry) => entry.source),
    "src/cli/index.ts",
    "scripts/*.mjs",
    "bench/run.mjs",
    "test/**/*.test.{ts,tsx}",
    "test/**/*.test-d.ts",
    "test/**/*.{mjs,mts}",
  ],
  project: ["src/**", "test/**", "scripts/**"],
  // Fixtures break rules on purpose; folders with their own package.json answer for themselves.
  ignore: ["test/fixtures/**", "test/next/apps/**", "test/drivers/*/**", "docs/snippets/**"],
  // Called by scripts/check.mjs, as a command.
  ignoreDependencies: ["@biomejs/biome"],
  ignoreExportsUsedInFile: true,
  treatConfigHintsAsErrors: false,
};
