import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { describe, expect, it } from "vitest";

const source = (file: string) => fileURLToPath(new URL(`../../src/${file}`, import.meta.url));

/** What a bundler would send to the browser, and the source files that it took it from. */
async function bundle(entry: string) {
  return bundleOf({ entryPoints: [source(entry)] });
}

async function bundleOf(input: Pick<BuildOptions, "entryPoints" | "stdin">) {
  const { outputFiles, metafile } = await build({
    ...input,
    bundle: true,
    format: "esm",
    platform: "browser",
    external: ["react"],
    metafile: true,
    write: false,
  });
  const { inputs = {}, imports = [] } = Object.values(metafile.outputs)[0] ?? {};
  const files = Object.keys(inputs).filter((file) => (inputs[file]?.bytesInOutput ?? 0) > 0);
  return { text: outputFiles[0]?.text ?? "", files: files.map((file) => file.replace(/^.*src\//, "")), imports };
}

describe.each([
  ["coatcheck/react", "react/index.ts", ["react"], "client/requests.ts"],
  ["coatcheck/react/ability", "react/ability.ts", ["react"], "ability/rule-policy.ts"],
  ["coatcheck/client", "client/index.ts", [], "client/requests.ts"],
])("What %s sends to the browser", (_, entry, packages, own) => {
  it("is of the client, of the hooks and of the clock: nothing of the server", async () => {
    const { files } = await bundle(entry);
    expect(files.filter((file) => !/^(?:client|react|ability)\/|^(?:duration|runtime)\.ts$/.test(file))).toEqual([]);
    expect(files).toContain(own);
  });

  it("names no module of Node.js, no secret, no digest and no cookie", async () => {
    const { text, imports } = await bundle(entry);
    expect([...new Set(imports.map(({ path }) => path))]).toEqual(packages);
    for (const word of ["node:", "process.", "crypto", "digest", "secret", "document.cookie", "localStorage", "ccs_"])
      expect(text).not.toContain(word);
  });
});

it("The scan sees a server's code when there is some", async () => {
  const { text, files } = await bundle("index.ts");
  expect(files).toContain("token/digest.ts");
  expect(text).toContain("crypto");
});

it("What both sides share of the abilities brings no server code along", async () => {
  const contents = `
    import { casl, rulePolicy, subject } from "${source("extensions/ability/index.ts")}";
    console.log(casl, rulePolicy, subject);
  `;
  const { files } = await bundleOf({ stdin: { contents, resolveDir: source(".") } });
  expect(files.filter((file) => !/^ability\/|stdin/.test(file))).toEqual([]);
  expect(files).toContain("ability/casl.ts");
});
