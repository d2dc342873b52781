import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** A version of Next with the folder it is installed in. */
export interface NextVersion {
  readonly major: 14 | 15 | 16;
  readonly folder: string;
}

export const versions: readonly NextVersion[] = ([16, 15, 14] as const).map((major) => ({
  major,
  folder: join(import.meta.dirname, "apps", `next-${major}`),
}));

export const isInstalled = ({ folder }: NextVersion): boolean =>
  existsSync(join(folder, "node_modules/next/package.json"));

/** Packs what a user would install. `COATCHECK_TARBALL` names one that is there already. */
export async function packPackage(): Promise<string> {
  if (process.env.COATCHECK_TARBALL) return process.env.COATCHECK_TARBALL;
  if (!existsSync(join(root, "dist/index.js"))) throw new Error('There is no dist: run "npm run build" first.');
  const target = mkdtempSync(join(tmpdir(), "coatcheck-pack-"));
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", target], { cwd: root });
  return join(target, readdirSync(target).find((name) => name.endsWith(".tgz")) as string);
}

/** One of the applications here. */
export type AppName = "app" | "app-cached" | "app-lesson" | "app-connected";

/** Puts an application together for one version, with the packed package, and builds it. */
export async function buildApp(version: NextVersion, tarball: string, app: AppName): Promise<void> {
  const { major, folder } = version;
  // All applications have the library of the first one.
  const sources = [
    { from: join(import.meta.dirname, "app/lib"), to: "lib" },
    { from: join(import.meta.dirname, app), to: "." },
  ];
  const files = app === "app" ? { [major === 16 ? "proxy.js" : "middleware.js"]: proxyFile(major) } : {};
  await buildFolder(folder, tarball, sources, { ...files, "next.config.mjs": configFile(major, app) });
}

/** Puts an application together from folders and files, with the packed package, and builds it. */
export async function buildFolder(
  folder: string,
  tarball: string,
  sources: readonly { readonly from: string; readonly to: string }[],
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const part of ["app", "lib", "pages", ".next", "proxy.js", "middleware.js", "node_modules/coatcheck"]) {
    rmSync(join(folder, part), { recursive: true, force: true });
  }
  for (const { from, to } of sources) cpSync(from, join(folder, to), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  await run("npm", ["install", "--no-save", "--no-package-lock", "--prefer-offline", "--ignore-scripts", tarball], {
    cwd: folder,
  });
  await run(process.execPath, [next(folder), "build"], { cwd: folder, env: environment(), maxBuffer: 1e8 }).catch(
    (error) => {
      throw new Error(`next build failed:\n${error.stdout}\n${error.stderr}`);
    },
  );
}

/** A running application. */
export interface RunningApp {
  readonly origin: string;
  /** What it has printed. */
  log(): string;
  stop(): void;
}

/** Starts the built application on a free port. */
export function startApp({ folder }: NextVersion, storeUrl: string): Promise<RunningApp> {
  return startFolder(folder, () => ({ STORE_URL: storeUrl }));
}

/** Starts the application that was built in a folder on a free port. Its address may be part of its variables. */
export async function startFolder(
  folder: string,
  variables: (origin: string) => Readonly<Record<string, string>>,
): Promise<RunningApp> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const child = spawn(process.execPath, [next(folder), "start", "-p", String(port)], {
    cwd: folder,
    env: { ...environment(), ...variables(origin) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed: string[] = [];
  const log = () => printed.join("");
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => printed.push(String(chunk)));
  await untilReady(origin, child, log);
  return { origin, log, stop: () => void child.kill("SIGKILL") };
}

function proxyFile(major: number): string {
  const name = major === 16 ? "proxy" : "middleware";
  return `import { handleProxy } from "./lib/proxy.js";
export function ${name}(request, event) { return handleProxy(request, event); }
export const config = { matcher: ["/proxied", "/static-proxied", "/guarded", "/api/proxied", "/api/carried-proxied"] };
`;
}

function configFile(major: NextVersion["major"], app: AppName): string {
  const root = {
    14: "experimental: { outputFileTracingRoot: import.meta.dirname }",
    15: "outputFileTracingRoot: import.meta.dirname",
    16: "turbopack: { root: import.meta.dirname }",
  }[major];
  return `export default { ${root}, ${app === "app-cached" ? "cacheComponents: true" : ""} };\n`;
}

const next = (folder: string) => join(folder, "node_modules/next/dist/bin/next");

const environment = (): NodeJS.ProcessEnv => {
  const { NODE_OPTIONS: _, VITEST: __, ...rest } = process.env;
  return { ...rest, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", STORE_URL: "http://127.0.0.1:9" };
};

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function untilReady(origin: string, child: ChildProcess, log: () => string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`next start ended:\n${log()}`);
    const answer = await fetch(`${origin}/static`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`next start was not ready in time:\n${log()}`);
}
