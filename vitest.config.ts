import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const outsideNext = fileURLToPath(new URL("test/support/outside-next.ts", import.meta.url));

export default defineConfig({
  // The root does not install Next.js: see the file.
  resolve: { alias: { "next/headers.js": outsideNext } },
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    exclude: ["**/node_modules/**", "test/fixtures/**", "test/next/apps/**"],
    setupFiles: ["test/support/token-scan/setup.ts"],
    // Tests start servers, kill processes and load native drivers: real processes, and no more than two at once.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A test that passes on the second try has found something.
    retry: 0,
    coverage: { provider: "v8", include: ["src/**"], reporter: ["text-summary", "html"] },
  },
});
