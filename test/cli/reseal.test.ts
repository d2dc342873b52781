import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SessionStore } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { callbackOf, openShop, origin, secrets } from "../connections/shop.ts";
import { taggedProvider } from "../connections/tagged-provider.ts";
import { temporaryFiles } from "../drivers/sqlite-files.ts";
import { dist } from "../races/library.mjs";
import { moduleOf, openModule } from "../races/stores.mjs";
import { coatcheck } from "./command.ts";

const files = temporaryFiles();
const fresh = "the secret that takes its place, long enough";
const both = [fresh, ...secrets];

/** A database in which some people have linked an account, and modules of the application that open it. */
async function scene(...people: string[]) {
  const { makeTarget, openStore } = await openModule("sqlite");
  const { target, remove } = makeTarget();
  const { store, close } = (await openStore(dist, target)) as { store: SessionStore; close(): void };
  afterAll(() => {
    close();
    remove();
  });
  const tagged = taggedProvider();
  const runtime = fakeRuntime({ now: Date.now() });
  const shopWith = (given: readonly string[]) =>
    openShop({ tagged: tagged.provider }, { store, runtime, fetch: tagged.fetch, secrets: given });
  for (const person of people) {
    const browser = shopWith(secrets).visitor();
    const state = new URL(await browser.begin("sign-in-with", "tagged")).searchParams.get("state");
    expect(await browser.comeBack(`${callbackOf("tagged")}?code=${person}&state=${state}`)).toBe("303 /after");
  }
  const tokenOf = (person: string, given: readonly string[] = [fresh]) =>
    shopWith(given)
      .connection.of(`tagged:${person}`, "tagged")
      .accessToken()
      .catch((error) => error.code);
  const reseal = (ids: string, given: readonly string[] = both, refused?: string) =>
    coatcheck(["reseal", applicationModule(target, given, refused)], ids);
  return { target, tokenOf, reseal };
}

const urlOf = (path: string) => JSON.stringify(pathToFileURL(path).href);

/** Writes a module as an application has one. It holds the process open, as a pool of connections does. */
function applicationModule(target: string, given: readonly string[], refused = ""): string {
  return moduleWith(`
    import { connections, github } from ${urlOf(join(dist, "connections/index.js"))};
    import { openStore } from ${urlOf(moduleOf("sqlite"))};
    import { createServer } from "node:net";

    createServer().listen(0, "127.0.0.1");
    const { store } = await openStore(${JSON.stringify(dist)}, ${JSON.stringify(target)});
    let isDown = false;
    const find = async (...args) => {
      if (isDown) throw new Error("the disk is on fire");
      return store.find(...args);
    };
    export const connection = connections({
      store: { ...store, find },
      secrets: ${JSON.stringify(given)},
      origin: ${JSON.stringify(origin)},
      providers: { tagged: github({ clientId: "shop", clientSecret: "a secret of the shop and GitHub" }) },
      onSignIn: () => "nobody",
    });
    const reseal = connection.reseal;
    connection.reseal = (ids, options) => reseal(until(ids), options);
    async function* until(ids) {
      for await (const id of ids) {
        isDown = id === ${JSON.stringify(refused)};
        yield id;
      }
    }
  `);
}

let count = 0;
function moduleWith(text: string): string {
  const path = join(folder, `session-${++count}.mjs`);
  writeFileSync(path, text);
  return path;
}

let folder = "";
beforeAll(() => {
  folder = join(files.path(), "..");
});

describe("coatcheck reseal", () => {
  it("seals every link with the first secret, tells how many, and ends although the application holds the process open", async () => {
    const { tokenOf, reseal } = await scene("anna", "ben");
    const ended = await reseal("\uFEFFtagged:anna\r\n\r\n   \ntagged:ben\r\ntagged:nobody");
    expect(ended).toEqual({ code: 0, stdout: "", stderr: "3 users, 2 links sealed anew\n" });
    expect(await Promise.all([tokenOf("anna"), tokenOf("ben")])).toEqual(["access.anna.0", "access.ben.0"]);
    expect(await reseal("tagged:anna\ntagged:ben\n")).toMatchObject({
      code: 0,
      stderr: "2 users, 0 links sealed anew\n",
    });
  });

  it("control: without it the new secret opens nothing", async () => {
    const { tokenOf } = await scene("anna");
    expect(await tokenOf("anna")).toBe("CONNECTION_BROKEN");
  });

  it("names the links that no secret opens, and leaves them", async () => {
    const { tokenOf, reseal } = await scene("anna");
    const { code, stderr } = await reseal("tagged:anna\n", [fresh]);
    expect(code).toBe(1);
    expect(stderr).toContain('Left as it is: tagged of user "tagged:anna", which no secret opens');
    expect(stderr).toContain("1 user, 0 links sealed anew\n");
    expect(await tokenOf("anna", both)).toBe("access.anna.0");
  });

  it("names the line of what is no user id, and goes on", async () => {
    const { tokenOf, reseal } = await scene("anna");
    const { code, stderr } = await reseal(`\n${"x".repeat(256)}\na\tb\n\uFFFD\ntagged:anna\n`);
    expect(code).toBe(1);
    expect(stderr.match(/^Line \d+/gm)).toEqual(["Line 2", "Line 3", "Line 4"]);
    expect(stderr).toContain("1 user, 1 link sealed anew\n3 lines without a user id\n");
    expect(await tokenOf("anna")).toBe("access.anna.0");
  });

  it("tells after which user it failed, and does the rest when it runs again", async () => {
    const { tokenOf, reseal } = await scene("anna", "ben", "carl");
    const ids = "tagged:anna\ntagged:ben\ntagged:carl\n";
    const { code, stderr } = await reseal(ids, both, "tagged:ben");
    expect(code).toBe(1);
    expect(stderr).toContain("STORE_UNAVAILABLE");
    expect(stderr).toContain("the disk is on fire");
    expect(stderr).toContain('Failed at user "tagged:ben" after user "tagged:anna". 1 user done.');
    expect(await reseal(ids)).toMatchObject({ code: 0, stderr: "3 users, 2 links sealed anew\n" });
    expect(await tokenOf("carl")).toBe("access.carl.0");
  });

  it("fails where no user id comes in", async () => {
    const { reseal } = await scene();
    const { code, stderr } = await reseal("\n");
    expect(code).toBe(1);
    expect(stderr).toContain("No user id came in");
  });

  it("says how far it is, and loses none of many ids", async () => {
    const path = moduleWith(`
      export default { async reseal(ids) {
        let next = 0;
        for await (const id of ids) if (id !== "user-é-" + next++) throw new Error(id);
        return next;
      } };
    `);
    const ids = Array.from({ length: 20_500 }, (_, index) => `user-é-${index}\n`).join("");
    const { code, stderr } = await coatcheck(["reseal", path, "--export", "default"], ids);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^1000 users so far\n2000 users so far\n/);
    expect(stderr).toMatch(/20000 users so far\n20500 users, 20500 links sealed anew\n$/);
  });

  it("tells what the module exports where that is not it", async () => {
    const path = moduleWith("export const connection = {}, sessions = {}");
    const { code, stderr } = await coatcheck(["reseal", path]);
    expect(code).toBe(2);
    expect(stderr).toContain('no export "connection" that connections({ … }) gave. It exports: connection, sessions.');
  });

  it("tells why the module does not load", async () => {
    const { code, stderr } = await coatcheck(["reseal", moduleWith("throw new Error('no DATABASE_URL')")]);
    expect(code).toBe(1);
    expect(stderr).toContain("Error: no DATABASE_URL");
  });
});
