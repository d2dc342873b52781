import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix, sep } from "node:path";
import ts from "typescript";

/** Something a rule objects to. */
export interface Violation {
  rule: Rule;
  file: string;
  line: number;
  message: string;
}

export type Rule = "rank" | "cycle" | "clock" | "node-import" | "package-import" | "index" | "name" | "length" | "env";

/** Files that may break one rule, each with its reason. */
export interface Exceptions {
  /** file → why it may be longer than the limit. */
  length: Record<string, string>;
  /** file → why it may read the environment. */
  env: Record<string, string>;
}

interface Import {
  specifier: string;
  /** The file it leads to, from the root of the tree; `undefined` for packages. */
  target: string | undefined;
  typeOnly: boolean;
  dynamic: boolean;
  line: number;
}

interface SourceFile {
  path: string;
  group: string;
  tree: ts.SourceFile;
  lines: number;
  imports: Import[];
}

const GROUND = "ground";
const MAX_LINES = 300;
const CLOCK_HOME = "runtime.ts";
const NEXT_ENTRY = "adapters/next/index.ts";

/** What the files of each folder may import from: downward only. A file directly in the root is on the ground floor. */
const mayImport: Record<string, string[]> = {
  [GROUND]: [],
  token: [GROUND],
  cookie: [GROUND],
  store: [GROUND],
  ability: [GROUND],
  core: [GROUND, "token", "cookie", "store"],
  http: [GROUND, "token", "cookie", "store", "core"],
  stores: [GROUND, "store"],
  verify: [GROUND],
  snapshot: [GROUND, "token", "cookie", "verify"],
  tokens: [GROUND, "token", "cookie", "store", "core", "http", "verify"],
  connections: [GROUND, "token", "cookie", "store", "core", "http"],
  extensions: [GROUND, "token", "store", "core", "http", "stores", "ability"],
  adapters: [
    GROUND,
    "token",
    "cookie",
    "store",
    "core",
    "http",
    "stores",
    "verify",
    "snapshot",
    "tokens",
    "connections",
    "extensions",
  ],
  testing: [GROUND, "store", "stores", "core"],
  client: [GROUND],
  react: [GROUND, "client", "ability"],
  cli: [GROUND, "token", "cookie", "store", "core", "http", "stores", "verify", "tokens", "connections", "testing"],
};

/** Where the browser side may name server types. */
const mayImportTypes: Record<string, string[]> = {
  client: ["core", "http"],
  react: ["core", "http", "extensions", "adapters"],
};

/** Folders that run anywhere: no Node.js module, not even for a type unless the file is named node-*.ts. */
const portable = new Set([
  GROUND,
  "token",
  "cookie",
  "store",
  "ability",
  "core",
  "http",
  "verify",
  "snapshot",
  "tokens",
  "connections",
  "extensions",
  "client",
  "react",
]);

/**
 * Folders that take nothing from a package when they load. Stores may load the driver that a path asks for, and http the
 * library that names browsers, at the first sign-in.
 */
const selfContained = new Set([GROUND, "token", "cookie", "store", "ability", "core", "http", "stores", "extensions"]);

const clockCalls = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "getRandomValues",
  "randomBytes",
  "randomUUID",
]);
const forbiddenNames = /^(?:utils?|helpers?|common|types)$/;

/** Holds every file below `root` against the rules of the house. */
export function inspectTree(root: string, exceptions: Exceptions): Violation[] {
  const files = readTree(root);
  const byPath = new Map(files.map((file) => [file.path, file]));
  return [
    ...files.flatMap((file) => [
      ...checkRanks(file, byPath),
      ...checkClock(file),
      ...checkNodeImports(file),
      ...checkPackageImports(file),
      ...checkIndex(file),
      ...checkName(file),
      ...checkLength(file, exceptions.length),
      ...checkEnvironment(file, exceptions.env),
    ]),
    ...checkCycles(files),
    ...checkNextEntry(byPath),
    ...checkExceptions(byPath, exceptions),
  ];
}

/** The files that `root` holds; lets a test make sure that it looked at something. */
export function listSources(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => name.split(sep).join("/"))
    .sort();
}

function readTree(root: string): SourceFile[] {
  return listSources(root).map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    return { path, group: groupOf(path), tree, lines, imports: readImports(tree) };
  });
}

function groupOf(path: string): string {
  if (path === "index.ts") return "index";
  return path.includes("/") ? (path.split("/")[0] ?? "") : GROUND;
}

function readImports(tree: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean, dynamic: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    imports.push({
      specifier: specifier.text,
      target: specifier.text.startsWith(".")
        ? posix.join(posix.dirname(tree.fileName), specifier.text).replace(/\.js$/, ".ts")
        : undefined,
      typeOnly,
      dynamic,
      line: lineOf(tree, node),
    });
  };
  walk(tree, (node) => {
    // "import { type A }" keeps the import at run time (verbatimModuleSyntax): only "import type" is type-only.
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword, false);
    } else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly, false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal, true, false);
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node, node.moduleReference.expression, node.isTypeOnly, false);
    } else if (ts.isCallExpression(node) && isModuleCall(node.expression)) add(node, node.arguments[0], false, true);
  });
  return imports;
}

function isModuleCall(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require");
}

function checkRanks(file: SourceFile, byPath: Map<string, SourceFile>): Violation[] {
  if (file.group === "index") return [];
  const allowed = mayImport[file.group];
  if (allowed === undefined) {
    return [violation("rank", file, 1, `the folder "${file.group}" has no rank: give it one in mayImport`)];
  }
  return file.imports.flatMap((entry) => {
    if (entry.target === undefined) return [];
    const target = byPath.get(entry.target);
    if (target === undefined) {
      return [
        violation("rank", file, entry.line, `"${entry.specifier}" is not a source file (write the .ts extension)`),
      ];
    }
    if (target.group === file.group || allowed.includes(target.group)) return [];
    if (entry.typeOnly && mayImportTypes[file.group]?.includes(target.group)) return [];
    return [violation("rank", file, entry.line, `${file.group} may not import ${target.group} (${target.path})`)];
  });
}

function checkCycles(files: SourceFile[]): Violation[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const state = new Map<string, "open" | "done">();
  const trail: string[] = [];
  const found: Violation[] = [];
  const visit = (file: SourceFile) => {
    state.set(file.path, "open");
    trail.push(file.path);
    for (const { target, line } of file.imports) {
      const next = target === undefined ? undefined : byPath.get(target);
      if (next === undefined || state.get(next.path) === "done") continue;
      if (state.get(next.path) === "open") {
        const loop = [...trail.slice(trail.indexOf(next.path)), next.path];
        found.push(violation("cycle", file, line, loop.join(" → ")));
      } else visit(next);
    }
    trail.pop();
    state.set(file.path, "done");
  };
  for (const file of files) if (!state.has(file.path)) visit(file);
  return found;
}

function checkClock(file: SourceFile): Violation[] {
  if (file.path === CLOCK_HOME) return [];
  const found: Violation[] = [];
  walk(file.tree, (node) => {
    if (!ts.isIdentifier(node)) return;
    const what = clockUse(node);
    if (what === undefined) return;
    found.push(violation("clock", file, lineOf(file.tree, node), `${what} belongs in ${CLOCK_HOME}`));
  });
  return found;
}

/** The forbidden use of time or chance that this name is, if it is one. */
function clockUse(name: ts.Identifier): string | undefined {
  if (isDeclaredName(name)) return undefined;
  const { parent } = name;
  const member = ts.isPropertyAccessExpression(parent) && parent.expression === name ? parent.name.text : undefined;
  if (name.text === "Date" && !ts.isTypeReferenceNode(parent)) {
    if (ts.isNewExpression(parent)) return "new Date(";
    if (member === "now") return "Date.now";
    // Date.parse, Date.UTC and instanceof Date read no clock; a bare Date would let one be read elsewhere.
    const harmless = member !== undefined || (ts.isBinaryExpression(parent) && parent.right === name);
    return harmless ? undefined : "Date";
  }
  if (name.text === "performance" && (member === "now" || member === undefined)) return "performance.now";
  if (name.text === "Math" && member === "random") return "Math.random";
  return clockCalls.has(name.text) && !isRuntimeMember(name) ? name.text : undefined;
}

/** A property that a type, a class or an object declares under this name, or a parameter: not a use of the global. */
function isDeclaredName(name: ts.Identifier): boolean {
  const { parent } = name;
  return (
    ts.isPropertySignature(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isPropertyDeclaration(parent) ||
    (ts.isPropertyAssignment(parent) && parent.name === name) ||
    (ts.isParameter(parent) && parent.name === name) ||
    ts.isTypeQueryNode(parent)
  );
}

/** `runtime.randomBytes`, `options.runtime.randomBytes`: the injected runtime is where these are to come from. */
function isRuntimeMember(name: ts.Identifier): boolean {
  const { parent } = name;
  if (!ts.isPropertyAccessExpression(parent) || parent.name !== name) return false;
  return /(?:^|\W)#?(?:\w*[rR]untime)$/.test(parent.expression.getText());
}

/** isBuiltin alone would depend on the Node.js that runs the test: version 20 has no node:sqlite. */
function isNodeModule(specifier: string): boolean {
  return specifier.startsWith("node:") || isBuiltin(specifier);
}

function checkNodeImports(file: SourceFile): Violation[] {
  const typesAllowed = file.group === "adapters" || posix.basename(file.path).startsWith("node-");
  if (!portable.has(file.group) && file.group !== "adapters") return [];
  return file.imports
    .filter((entry) => isNodeModule(entry.specifier) && !(entry.typeOnly && typesAllowed))
    .map((entry) => violation("node-import", file, entry.line, `${file.group} may not import "${entry.specifier}"`));
}

/** The Next.js entry is bundled for the browser's neighbours and for the edge: nothing of Node.js may be within its reach. */
function checkNextEntry(byPath: Map<string, SourceFile>): Violation[] {
  const entry = byPath.get(NEXT_ENTRY);
  const seen = new Set<SourceFile>();
  const visit = (file: SourceFile | undefined) => {
    if (file === undefined || seen.has(file)) return;
    seen.add(file);
    for (const { target, typeOnly } of file.imports) if (target !== undefined && !typeOnly) visit(byPath.get(target));
  };
  visit(entry);
  return [...seen].flatMap((file) =>
    file.imports
      .filter(({ specifier, typeOnly }) => !typeOnly && isNodeModule(specifier))
      .map(({ specifier, line }) =>
        violation("node-import", file, line, `"${specifier}" is reachable from ${NEXT_ENTRY}`),
      ),
  );
}

function checkPackageImports(file: SourceFile): Violation[] {
  if (!selfContained.has(file.group)) return [];
  return file.imports
    .filter(({ specifier, target }) => target === undefined && !isNodeModule(specifier))
    .filter(({ dynamic }) => !(dynamic && (file.group === "stores" || file.group === "http")))
    .map(({ specifier, line }) =>
      violation("package-import", file, line, `${file.group} may not import "${specifier}"`),
    );
}

function checkIndex(file: SourceFile): Violation[] {
  if (file.path !== "index.ts") return [];
  return file.tree.statements
    .filter((statement) => !(ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined))
    .map((statement) => violation("index", file, lineOf(file.tree, statement), "only export … from belongs here"));
}

function checkName(file: SourceFile): Violation[] {
  return file.path
    .replace(/\.tsx?$/, "")
    .split("/")
    .filter((part) => forbiddenNames.test(part))
    .map((part) => violation("name", file, 1, `"${part}" says nothing: name it after what it holds`));
}

function checkLength(file: SourceFile, allowed: Record<string, string>): Violation[] {
  if (file.lines <= MAX_LINES || allowed[file.path] !== undefined) return [];
  return [violation("length", file, file.lines, `${file.lines} lines, at most ${MAX_LINES}`)];
}

function checkEnvironment(file: SourceFile, allowed: Record<string, string>): Violation[] {
  if (allowed[file.path] !== undefined) return [];
  const found: Violation[] = [];
  walk(file.tree, (node) => {
    if (!isEnvironment(node)) return;
    found.push(violation("env", file, lineOf(file.tree, node), "the environment is read in core/policy.ts"));
  });
  return found;
}

/** `process.env`, `globalThis.process?.env`, `process["env"]`, `const { env } = process`, `import.meta.env`. */
function isEnvironment(node: ts.Node): boolean {
  const owner = (expression: ts.Node) =>
    /(?:^|\.)process$|^import\.meta$/.test(expression.getText().replaceAll("?.", "."));
  if (ts.isPropertyAccessExpression(node)) return node.name.text === "env" && owner(node.expression);
  if (ts.isElementAccessExpression(node))
    return /^["'`]env["'`]$/.test(node.argumentExpression.getText()) && owner(node.expression);
  return (
    ts.isVariableDeclaration(node) &&
    ts.isObjectBindingPattern(node.name) &&
    node.initializer !== undefined &&
    owner(node.initializer) &&
    node.name.elements.some((element) => (element.propertyName ?? element.name).getText() === "env")
  );
}

/** An exception nobody needs any more is a hole in the fence. */
function checkExceptions(byPath: Map<string, SourceFile>, exceptions: Exceptions): Violation[] {
  const stale = (rule: Rule, path: string): Violation => ({
    rule,
    file: path,
    line: 1,
    message: "the exception is not needed",
  });
  return [
    ...Object.keys(exceptions.length)
      .filter((path) => (byPath.get(path)?.lines ?? 0) <= MAX_LINES)
      .map((path) => stale("length", path)),
    ...Object.keys(exceptions.env)
      .filter((path) => {
        const file = byPath.get(path);
        return file === undefined || checkEnvironment(file, {}).length === 0;
      })
      .map((path) => stale("env", path)),
  ];
}

function violation(rule: Rule, file: SourceFile, line: number, message: string): Violation {
  return { rule, file: file.path, line, message };
}

function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}
