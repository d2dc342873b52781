// Unused files, exports and dependencies. The entries are those of the exports map, and the command.
import { readEntries } from "./scripts/entries.mjs";

export default {
  entry: [
    ...readEntries().map((entry) => entry.source),
    "src/cli/coatcheck.ts",
    "scripts/*.mjs",
    "test/**/*.test.{ts,tsx}",
    "test/**/*.test-d.ts",
    "test/**/*.{mjs,mts}",
  ],
  project: ["src/**", "test/**", "scripts/**"],
  // Fixtures break rules on purpose; folders with their own package.json answer for themselves.
  ignore: [
    "test/fixtures/**",
    "test/next/app/**",
    "test/next/app-cached/**",
    "test/next/app-connected/**",
    "test/next/app-lesson/**",
    "test/authjs/app-*/**",
  ],
  // Called as a command by scripts/check.mjs; the user's own.
  ignoreDependencies: ["@biomejs/biome", "better-sqlite3", "next"],
  ignoreExportsUsedInFile: true,
  treatConfigHintsAsErrors: false,
};
