import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const source = (file: string) => fileURLToPath(new URL(`../../src/${file}`, import.meta.url));

/** What a bundler would send to the browser, and the source files that it took it from. */
async function bundle(entry: string) {
  const { outputFiles, metafile } = await build({
    entryPoints: [source(entry)],
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
  ["coatcheck/react", "react/index.ts", ["react"]],
  ["coatcheck/client", "client/index.ts", []],
])("What %s sends to the browser", (_, entry, packages) => {
  it("is of the client, of the hooks and of the clock: nothing of the server", async () => {
    const { files } = await bundle(entry);
    expect(files.filter((file) => !/^(?:client|react)\/|^(?:duration|runtime)\.ts$/.test(file))).toEqual([]);
    expect(files).toContain("client/requests.ts");
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
