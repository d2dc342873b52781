import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, expect, test } from "vitest";
import { newRecord } from "./memory-fixtures.ts";

const source = fileURLToPath(new URL("../../src", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "coatcheck-memory-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a process that holds a store full of sessions ends by itself, at once", () => {
  const entry = transpile("stores/memory.ts");
  const program = `
    import { memoryStore } from ${JSON.stringify(pathToFileURL(entry).href)};
    const store = memoryStore();
    const record = ${JSON.stringify(newRecord())};
    const now = Date.now();
    for (let turn = 0; turn < 1000; turn++) store.create({ ...record, id: "session-" + turn, idleExpiresAt: now + turn });
    process.on("exit", (code) => process.stdout.write("ended with " + code));
  `;
  const said = execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
    timeout: 20_000,
  });
  expect(said).toBe("ended with 0");
});

/** Writes a source file and all that it imports as JavaScript into the folder; answers where the first one lies. */
function transpile(file: string, done = new Set<string>()): string {
  const target = join(folder, file.replace(/\.ts$/, ".js"));
  if (done.has(file)) return target;
  done.add(file);
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    rewriteRelativeImportExtensions: true,
  };
  const text = readFileSync(join(source, file), "utf8");
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const { outputText } = ts.transpileModule(text, { compilerOptions: { ...options, verbatimModuleSyntax: true } });
  writeFileSync(target, outputText);
  for (const [, path] of outputText.matchAll(/from "(\.[^"]+)\.js"/g))
    transpile(join(dirname(file), `${path}.ts`), done);
  return target;
}
