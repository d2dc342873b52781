import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const source = fileURLToPath(new URL("../../src/", import.meta.url));
const folders = ["store", "stores", "testing"];

/**
 * Compiles the stores and the conformance cases into a folder, for programs that plain Node runs in processes of their
 * own, and answers the folder. It must lie outside of the package, so that no driver is found next to it.
 */
export function compileStores(target: string): string {
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "package.json"), '{ "type": "module" }');
  for (const file of sourcesIn(".", false)) compile(file, target);
  for (const folder of folders) for (const file of sourcesIn(folder, true)) compile(file, target);
  return target;
}

function sourcesIn(folder: string, recursive: boolean): string[] {
  const names = readdirSync(join(source, folder), { recursive, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts")).map((name) => join(folder, name));
}

function compile(file: string, target: string): void {
  const { outputText } = ts.transpileModule(readFileSync(join(source, file), "utf8"), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  const compiled = join(target, file.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(compiled), { recursive: true });
  writeFileSync(compiled, outputText);
}
