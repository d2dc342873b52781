import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import { audience, issuer, pairOf, Scene } from "./issuer.ts";

const source = fileURLToPath(new URL("../../src/verify/index.ts", import.meta.url));
const sandbox = fileURLToPath(
  new URL("../next/apps/next-16/node_modules/next/dist/compiled/edge-runtime", import.meta.url),
);

/** The entry with all that it imports, as a bundler for the edge makes it. */
async function bundle() {
  const options = { bundle: true, format: "iife", globalName: "coatcheck", platform: "browser" } as const;
  const { outputFiles, metafile } = await build({ entryPoints: [source], ...options, write: false, metafile: true });
  const files = Object.keys(metafile.inputs).map((file) => file.replace(/^.*node_modules\/|^(?:.*\/)?src\//, ""));
  return { text: outputFiles[0]?.text ?? "", files };
}

/** What every runtime of the web has, and nothing of Node's. */
const webGlobals = () => {
  const { crypto, TextEncoder, TextDecoder, URL, Headers, Request, Response, AbortController, atob, btoa } = globalThis;
  const platform = { crypto, TextEncoder, TextDecoder, URL, Headers, Request, Response, AbortController, atob, btoa };
  return { ...platform, setTimeout, clearTimeout, structuredClone, fetch: undefined };
};

/** Verifies a good token, a forged one and a proof of none, all inside. */
const script = (token: string, keys: object) => `(async () => {
  const options = { issuer: ${JSON.stringify(issuer)}, audience: ${JSON.stringify(audience)}, keys: ${JSON.stringify(keys)} };
  const verify = coatcheck.accessTokenVerifier(options);
  const reasonOf = async (token) => {
    const request = new Request(${JSON.stringify(audience)}, { headers: { authorization: "Bearer " + token } });
    return (await verify(request)).refusal?.reason ?? "good";
  };
  const proof = await coatcheck.verifyDpopProof("x", { method: "GET", url: options.audience, replays: null });
  return [await reasonOf(${JSON.stringify(token)}), await reasonOf(${JSON.stringify(`${token.slice(0, -86)}${"A".repeat(86)}`)}), proof.refusal.reason].join();
})()`;

async function scriptNow() {
  const scene = new Scene(await pairOf("k1"));
  const iat = Math.floor(Date.now() / 1_000);
  return script(await scene.token({ iat, exp: iat + 60 }), { keys: [scene.pair.jwk] });
}

describe("coatcheck/verify on the edge", () => {
  it("is made of the ground floor, of jose's verifying half and of itself", async () => {
    const { files, text } = await bundle();
    const foreign = files.filter((file) => !/^(?:verify\/[\w-]+|[\w-]+)\.ts$|^jose\//.test(file));
    expect(foreign).toEqual([]);
    expect(files).toContain("verify/access-token.ts");
    expect(text).not.toMatch(/["']node:|\brequire\(|process\.env|\bBuffer\.from/);
    expect(files.filter((file) => /\/jwe\/|encrypt|decrypt|\/jwt\/|deflate/.test(file))).toEqual([]);
  });

  it("verifies where there is nothing but what the web has", async () => {
    const context = createContext(webGlobals());
    runInContext((await bundle()).text, context);
    expect(await runInContext(await scriptNow(), context)).toBe("good,signature,proof");
    expect(runInContext("typeof process + typeof Buffer + typeof require", context)).toBe(
      "undefinedundefinedundefined",
    );
  });
});

const isThere = () => existsSync(sandbox) || "Next 16 is not installed: node scripts/install-test-folders.mjs";

await describeWith("coatcheck/verify in Next's edge sandbox", isThere, () => {
  it("verifies", async () => {
    const { EdgeRuntime } = createRequire(import.meta.url)(sandbox);
    const runtime = new EdgeRuntime();
    // A script's own names are no globals of the sandbox until they are said to be.
    runtime.evaluate((await bundle()).text.replace("var coatcheck =", "globalThis.coatcheck ="));
    expect(await runtime.evaluate(await scriptNow())).toBe("good,signature,proof");
  });
});
