import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Exceptions, inspectTree, listSources, type Violation } from "./architecture/rules.ts";

const source = fileURLToPath(new URL("../src", import.meta.url));
const broken = fileURLToPath(new URL("fixtures/architecture", import.meta.url));

/** Every exception states its reason; one that is no longer needed fails the test. */
const exceptions: Exceptions = {
  length: {},
  env: {
    "core/policy.ts": "the cookie's name depends on NODE_ENV where no origins are given",
    "extensions/commerce/payment/test-payments.ts": "payments that nobody pays must not run in production",
  },
};

describe("the architecture", () => {
  it("is what the design says", () => {
    expect(inspectTree(source, exceptions).map(readable)).toEqual([]);
  });

  it("was looked for where the source is", () => {
    expect(listSources(source)).toContain("runtime.ts");
  });
});

// The negative control: a tree that breaks every rule. A rule that stops seeing its violation fails here.
describe("the architecture test sees", () => {
  const found = inspectTree(broken, {
    length: { "errors.ts": "short already" },
    env: { "http/environment.ts": "allowed by name", "bytes.ts": "reads none" },
  }).map(readable);

  it.each([
    ["an upward import", "rank core/upward.ts:1 core may not import http (http/exchange.ts)"],
    ["an upward type import", "rank core/upward.ts:2 core may not import adapters (adapters/next/index.ts)"],
    [
      "an upward type import in the middle of a type",
      "rank core/upward.ts:4 core may not import stores (stores/sqlite.ts)",
    ],
    ["an upward dynamic import", "rank core/upward.ts:5 core may not import stores (stores/sqlite.ts)"],
    ["an upward re-export", "rank errors.ts:1 ground may not import token (token/token.ts)"],
    ["a sibling that imports its sibling", "rank store/sibling.ts:1 store may not import token (token/token.ts)"],
    ["a store that imports the engine", "rank stores/sqlite.ts:2 stores may not import core (core/policy.ts)"],
    ["React code that imports server code", "rank react/provider.ts:2 react may not import core (core/policy.ts)"],
    [
      "a file that does not exist",
      'rank http/exchange.ts:2 "./missing.ts" is not a source file (write the .ts extension)',
    ],
    ["a folder without a rank", 'rank misc/thing.ts:1 the folder "misc" has no rank: give it one in mayImport'],
    ["a cycle of values", "cycle cookie/second.ts:1 cookie/first.ts → cookie/second.ts → cookie/first.ts"],
    ["a cycle of types", "cycle http/type-second.ts:1 http/type-first.ts → http/type-second.ts → http/type-first.ts"],
    ["Date.now", "clock core/clock.ts:1 Date.now belongs in runtime.ts"],
    ["new Date", "clock core/clock.ts:2 new Date( belongs in runtime.ts"],
    ["a Date under another name", "clock core/clock.ts:3 Date belongs in runtime.ts"],
    ["performance.now", "clock core/clock.ts:4 performance.now belongs in runtime.ts"],
    ["Math.random", "clock core/clock.ts:5 Math.random belongs in runtime.ts"],
    ["getRandomValues", "clock core/clock.ts:6 getRandomValues belongs in runtime.ts"],
    ["randomBytes", "clock core/clock.ts:7 randomBytes belongs in runtime.ts"],
    ["randomUUID", "clock core/clock.ts:8 randomUUID belongs in runtime.ts"],
    ["setTimeout", "clock core/clock.ts:9 setTimeout belongs in runtime.ts"],
    ["setInterval", "clock core/clock.ts:10 setInterval belongs in runtime.ts"],
    ["setImmediate", "clock core/clock.ts:11 setImmediate belongs in runtime.ts"],
    ["a timer taken apart", "clock core/clock.ts:12 setTimeout belongs in runtime.ts"],
    ["a node: import", 'node-import token/token.ts:1 token may not import "node:crypto"'],
    ["a node import without its prefix", 'node-import token/token.ts:2 token may not import "crypto"'],
    ["a type-only node: import in the core", 'node-import core/policy.ts:1 core may not import "node:http"'],
    ["a dynamic node: import", 'node-import core/policy.ts:2 core may not import "node:fs"'],
    ["a value node: import of an adapter", 'node-import adapters/web.ts:1 adapters may not import "node:http"'],
    [
      "what the Next.js entry reaches",
      'node-import stores/sqlite.ts:1 "node:sqlite" is reachable from adapters/next/index.ts',
    ],
    ["a package in the core", 'package-import core/policy.ts:3 core may not import "zod"'],
    ["a driver that a store imports", 'package-import stores/sqlite.ts:3 stores may not import "libsql"'],
    ["a statement in the index", "index index.ts:2 only export … from belongs here"],
    ["an import in the index", "index index.ts:1 only export … from belongs here"],
    ["a file named utils", 'name http/utils.ts:1 "utils" says nothing: name it after what it holds'],
    ["a folder named helpers", 'name http/helpers/thing.ts:1 "helpers" says nothing: name it after what it holds'],
    ["a file named types", 'name core/types.ts:1 "types" says nothing: name it after what it holds'],
    ["a file named common", 'name cookie/common.ts:1 "common" says nothing: name it after what it holds'],
    ["a file that is too long", "length cookie/long.ts:301 301 lines, at most 300"],
    ["process.env", "env core/environment.ts:1 the environment is read in core/policy.ts"],
    ["process.env behind globalThis", "env core/environment.ts:2 the environment is read in core/policy.ts"],
    ["the environment in brackets", "env core/environment.ts:3 the environment is read in core/policy.ts"],
    ["the environment taken apart", "env core/environment.ts:4 the environment is read in core/policy.ts"],
    ["import.meta.env", "env core/environment.ts:5 the environment is read in core/policy.ts"],
    ["a length exception nobody needs", "length errors.ts:1 the exception is not needed"],
    ["an environment exception nobody needs", "env bytes.ts:1 the exception is not needed"],
  ])("%s", (_what, expected) => {
    expect(found).toContain(expected);
  });

  it("nothing in a file that follows the rules", () => {
    expect(found.filter((line) => /innocent|node-exchange|adapters\/node\.ts|http\/environment/.test(line))).toEqual(
      [],
    );
  });
});

function readable({ rule, file, line, message }: Violation): string {
  return `${rule} ${file}:${line} ${message}`;
}
