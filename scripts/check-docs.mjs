// @ts-check
// The documentation tells the truth: every TypeScript snippet compiles against the built package, every relative link and
// anchor leads somewhere.
//
// Each ```ts or ```tsx block is a module of its own, with the names of docs/snippets in scope. A block that says
// ```ts title="session.ts" can be imported by the other blocks of its page ("./session", "@/session", "../../session").
// Line numbers of the blocks are kept, so that an error names the line of the page.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import ts from "typescript";
import { readEntries, root } from "./entries.mjs";

const scratch = join(root, ".docs-check");
const preludes = ["prelude.d.ts", "next.d.ts", "authjs.d.ts"].map((name) => join(root, "docs/snippets", name));

/** @typedef {{ page: string, line: number, language: string, title: string | undefined, code: string, file: string }} Block */

const pages = listPages();
/** @type {string[]} */
const problems = [];
const blocks = pages.flatMap(readBlocks);
problems.push(...pages.flatMap(checkLinks), ...checkBlocks());

for (const problem of problems) console.error(problem);
if (problems.length === 0)
  console.log(`${blocks.length} snippets on ${pages.length} pages compile; their links lead somewhere.`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** The Markdown files of the root and of docs/, but for the generated reference. */
function listPages() {
  const top = readdirSync(root).filter((name) => name.endsWith(".md"));
  const docs = existsSync(join(root, "docs"))
    ? readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    : [];
  const below = docs.map((name) => `docs/${name.split(sep).join("/")}`).filter((name) => name.endsWith(".md"));
  return [...top, ...below.filter((name) => !name.startsWith("docs/reference/"))].sort();
}

/**
 * @param {string} page
 * @returns {Block[]}
 */
function readBlocks(page) {
  const folder = join(scratch, page.replace(/\.md$/, "").replaceAll("/", "__"));
  const titles = new Set();
  return readFences(page).flatMap(({ line, info, indent, lines }) => {
    const [language = "", ...rest] = info.split(/\s+/);
    if (!/^(?:ts|tsx|typescript|mts|cts)$/.test(language)) return [];
    const options = rest.join(" ");
    const title = /^title="([^"]+)"$/.exec(options)?.[1];
    if (options !== "" && title === undefined) {
      problems.push(`${page}:${line} a snippet may say title="…" and nothing else, not ${JSON.stringify(options)}`);
    }
    if (title !== undefined && titles.has(title)) problems.push(`${page}:${line} a second block is titled "${title}"`);
    if (title !== undefined) titles.add(title);
    const extension = language === "tsx" ? "tsx" : "ts";
    const name =
      title === undefined ? `line-${line}.${extension}` : title.replace(/(?:\.[cm]?tsx?)?$/, `.${extension}`);
    const code = lines
      .map((text) => (text.startsWith(indent) ? text.slice(indent.length) : text.trimStart()))
      .join("\n");
    return [{ page, line, language, title, code, file: join(folder, name) }];
  });
}

/**
 * The fenced blocks of a page; `line` is the line of the opening fence.
 *
 * @param {string} page
 */
function readFences(page) {
  const found = [];
  /** @type {{ line: number, info: string, indent: string, mark: string, lines: string[] } | undefined} */
  let open;
  const text = readFileSync(join(root, page), "utf8");
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^(\s*(?:>\s?)*)(`{3,}|~{3,})(.*)$/.exec(line);
    if (open === undefined) {
      if (fence)
        open = {
          line: index + 1,
          info: (fence[3] ?? "").trim(),
          indent: fence[1] ?? "",
          mark: fence[2] ?? "",
          lines: [],
        };
    } else if (fence && (fence[2] ?? "").startsWith(open.mark) && (fence[3] ?? "").trim() === "") {
      found.push(open);
      open = undefined;
    } else open.lines.push(line);
  }
  if (open !== undefined) problems.push(`${page}:${open.line} this fence is never closed`);
  return found;
}

function checkBlocks() {
  if (blocks.length === 0) return [];
  const unbuilt = readEntries().filter((entry) => !existsSync(join(root, entry.types)));
  if (unbuilt.length > 0)
    return [`Not built: ${unbuilt.map((entry) => entry.types).join(", ")}. Run "npm run build" first.`];
  rmSync(scratch, { recursive: true, force: true });
  for (const block of blocks) {
    mkdirSync(dirname(block.file), { recursive: true });
    // The trailing export makes a module of a block that neither imports nor exports: top-level await, names of its own.
    writeFileSync(block.file, `${redirectImports(block)}\nexport {};\n`);
  }
  const found = typeCheck();
  // What failed stays, to be looked at.
  if (found.length === 0) rmSync(scratch, { recursive: true, force: true });
  return found;
}

/**
 * The code with imports of the page's titled blocks led to where those blocks were written.
 *
 * @param {Block} block
 */
function redirectImports(block) {
  const titled = blocks.filter((other) => other.page === block.page && other.title !== undefined);
  const { importedFiles } = ts.preProcessFile(block.code, true, true);
  let code = block.code;
  for (const { fileName, pos, end } of importedFiles.sort((a, b) => b.pos - a.pos)) {
    if (!/^(?:\.|@\/)/.test(fileName)) continue;
    const wanted = fileName.replace(/^(?:@\/|(?:\.{1,2}\/)+)/, "").replace(/\.[cm]?[jt]sx?$/, "");
    const target = titled.find(({ title = "" }) => {
      const plain = title.replace(/\.[cm]?tsx?$/, "");
      return plain === wanted || plain === `src/${wanted}` || plain.endsWith(`/${wanted}`);
    });
    if (target === undefined) continue;
    const path = relative(dirname(block.file), target.file)
      .split(sep)
      .join("/")
      .replace(/\.tsx?$/, "");
    // preProcessFile gives the range of the text within its quotes, give or take the opening one.
    const start = code.indexOf(fileName, pos);
    if (start < 0 || start > end) continue;
    code = code.slice(0, start) + (path.startsWith(".") ? path : `./${path}`) + code.slice(start + fileName.length);
  }
  return code;
}

function typeCheck() {
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      target: "ES2022",
      lib: ["ES2023", "DOM", "DOM.Iterable"],
      module: "preserve",
      moduleResolution: "bundler",
      moduleDetection: "force",
      jsx: "react-jsx",
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      noEmit: true,
      // As a user's imports are resolved: through the exports map, to the built declarations.
      paths: Object.fromEntries(readEntries().map(({ specifier, types }) => [specifier, [join(root, types)]])),
    },
    root,
  );
  const program = ts.createProgram([...preludes, ...blocks.map((block) => block.file)], options);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n  ");
    const { file, start } = diagnostic;
    if (file === undefined || start === undefined) return message;
    const { line } = file.getLineAndCharacterOfPosition(start);
    const block = blocks.find((other) => resolve(other.file) === resolve(file.fileName));
    const place = block ? `${block.page}:${block.line + 1 + line}` : `${relative(root, file.fileName)}:${line + 1}`;
    return `${place} TS${diagnostic.code}: ${message}`;
  });
}

/** @param {string} page */
function checkLinks(page) {
  return readProse(page).flatMap(([line, text]) => {
    const inline = [...text.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)];
    const reference = [...text.matchAll(/^\s{0,3}\[[^\]]+\]:\s*<?([^\s>]+)/g)];
    const html = [...text.matchAll(/\b(?:href|src)="([^"]+)"/g)];
    return [...inline, ...reference, ...html].flatMap(([, link = ""]) => {
      const problem = checkLink(page, link);
      return problem === undefined ? [] : [`${page}:${line} ${problem}`];
    });
  });
}

/**
 * The lines of a page that are not code, with inline code removed.
 *
 * @param {string} page
 * @returns {[line: number, text: string][]}
 */
function readProse(page) {
  const code = new Set(
    readFences(page).flatMap(({ line, lines }) => Array.from({ length: lines.length + 2 }, (_, i) => line + i)),
  );
  return readFileSync(join(root, page), "utf8")
    .split("\n")
    .map((text, index) => /** @type {[number, string]} */ ([index + 1, text]))
    .filter(([line]) => !code.has(line))
    .map(([line, text]) => [line, text.replace(/(`+)(?:(?!\1).)*\1/g, "")]);
}

/**
 * @param {string} page
 * @param {string} link
 */
function checkLink(page, link) {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  const target =
    path === "" ? page : posix.join(path.startsWith("/") ? "" : posix.dirname(page), decodeURIComponent(path));
  if (target.startsWith("..") || !existsSync(join(root, target))) return `the link ${link} leads nowhere`;
  if (anchor === undefined || !target.endsWith(".md")) return undefined;
  return readAnchors(target).has(decodeURIComponent(anchor)) ? undefined : `${target} has no heading #${anchor}`;
}

/**
 * The anchors of a page's headings, as GitHub makes them, and those written by hand.
 *
 * @param {string} page
 */
function readAnchors(page) {
  const code = new Set(
    readFences(page).flatMap(({ line, lines }) => Array.from({ length: lines.length + 2 }, (_, i) => line + i)),
  );
  const anchors = new Set();
  for (const [index, text] of readFileSync(join(root, page), "utf8").split("\n").entries()) {
    if (code.has(index + 1)) continue;
    for (const [, id] of text.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id);
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(text)?.[1];
    if (heading === undefined) continue;
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
      .replaceAll(" ", "-");
    let name = slug;
    for (let count = 1; anchors.has(name); count++) name = `${slug}-${count}`;
    anchors.add(name);
  }
  return anchors;
}
