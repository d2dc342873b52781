import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "libsql";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import { account, addToCart, arrive, hasChromium, openShop, openStage, sessionCookie, shoot, signIn } from "./shop.ts";

const theirCookie = "authjs.session-token";

await describeWith("Chromium, the shop beside Auth.js", hasChromium, () => {
  const { shop, folder, databaseFile, openContext } = openStage("authjs", { SIGN_IN: "authjs" });
  const lesson = (slug: string) => `${shop.url}/courses/letterforms/lessons/${slug}`;

  /** Who is signed in, as either side says when it is asked, and how many seats are in the cart. */
  async function told(page: Page) {
    const ask = async (path: string) => (await page.request.get(shop.url + path)).json();
    const [theirs, ours, cart] = [await ask("/api/auth/session"), await ask("/api/session"), await ask("/api/cart")];
    return { theirs: theirs?.user?.name ?? null, ours: ours?.user?.name ?? null, seats: cart.seats };
  }

  async function cookieNames(page: Page): Promise<string[]> {
    return (await page.context().cookies()).map(({ name }) => name);
  }

  /** A visitor with a course in the cart and a lesson read, who signs in. */
  async function openSignedIn(): Promise<Page> {
    const page = await (await openContext()).newPage();
    await addToCart(page, shop, "letterforms");
    await page.goto(lesson("capitals-of-stone"));
    await page.getByRole("button", { name: "Complete and continue" }).click();
    await page.getByText("1 of 8 lessons").waitFor();
    await page.goto(`${shop.url}/sign-in?returnTo=/account`);
    await signIn(page, "not the password");
    await page.getByText("do not go together").waitFor();
    expect(await told(page)).toEqual({ theirs: null, ours: null, seats: 1 });
    await signIn(page);
    await arrive(page, "/account");
    await page.getByText("You are signed in by Auth.js.").waitFor();
    return page;
  }

  it("R-A10 keeps the cart and the progress at a sign-in of Auth.js, and leaves nothing at a sign-out of ours", async () => {
    const page = await openSignedIn();
    const anonymous = await sessionCookie(page.context());
    expect(await told(page)).toEqual({ theirs: "Dana Moreau", ours: "Dana Moreau", seats: 1 });
    await shoot(page, "authjs-account");

    await page.goto(lesson("the-brush-decides"));
    await page.getByRole("button", { name: "Complete and continue" }).click();
    await page.getByText("2 of 8 lessons").waitFor();
    const bound = await sessionCookie(page.context());
    expect(bound).not.toBe(anonymous);
    expect(sessionsOf(databaseFile, account.email)).toBe(1);
    expect(await told(page)).toEqual({ theirs: "Dana Moreau", ours: "Dana Moreau", seats: 1 });

    await page.goto(`${shop.url}/account`);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByText("You have signed out.").waitFor();
    expect(await told(page)).toEqual({ theirs: null, ours: null, seats: 0 });
    expect(await cookieNames(page)).not.toContain(theirCookie);
    expect(await cookieNames(page)).not.toContain("session");
    expect(sessionsOf(databaseFile, account.email)).toBe(0);
  });

  it("R-A10 leaves nothing at a sign-out of theirs", async () => {
    const page = await openSignedIn();
    await addToCart(page, shop, "bread-by-hand");
    expect(sessionsOf(databaseFile, account.email)).toBe(1);
    await page.goto(`${shop.url}/api/auth/signout`);
    await page.getByRole("button").click();
    await arrive(page, "/sign-in");
    expect(await told(page)).toEqual({ theirs: null, ours: null, seats: 0 });
    expect(await cookieNames(page)).not.toContain("session");
    expect(sessionsOf(databaseFile, account.email)).toBe(0);
  });

  it("has none of the pages that promise that another device is out at once, and nothing for a command line", async () => {
    const page = await openSignedIn();
    const statusOf = async (path: string) => (await page.request.get(shop.url + path, { maxRedirects: 0 })).status();
    for (const name of ["devices", "access", "command-line", "connections", "password"])
      expect([name, await statusOf(`/account/${name}`)]).toEqual([name, 404]);
    for (const [path, method] of [
      ["/api/learning", "GET"],
      ["/api/learning", "POST"],
      ["/api/command-line", "POST"],
    ] as const) {
      const answer = await fetch(shop.url + path, { method, headers: { authorization: "Bearer nothing" } });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
  });

  // The second row is the negative control: it finds Auth.js where it is loaded.
  it.each([
    { settings: {}, status: 404, loads: false },
    { settings: { SIGN_IN: "authjs" }, status: 200, loads: true },
  ])("with $settings the server answers $status for Auth.js, and has loaded it: $loads", async (expected) => {
    const loaded = mkdtempSync(join(folder, "loaded-"));
    const other = await openShop(join(loaded, "course.db"), "", { ...expected.settings, NODE_V8_COVERAGE: loaded });
    const statusOf = async (path: string) => (await fetch(other.url + path)).status;
    for (const path of ["/", "/?flash=1", "/sign-in", "/cart", "/classic-cart", "/api/session"])
      expect([path, await statusOf(path)]).toEqual([path, 200]);
    expect(await statusOf("/api/auth/session")).toBe(expected.status);
    // No library, no provider: nothing would be believed that comes back from one.
    const callback = await fetch(`${other.url}/api/session/callback.lantern`, { redirect: "manual" });
    expect(callback.status).toBe(expected.loads ? 404 : 303);
    await other.close();
    expect(scriptsLoaded(loaded).some((file) => readFileSync(file, "utf8").includes(theirCookie))).toBe(expected.loads);
  });
});

/** The files of the shop's server that a process has run, as Node.js notes them down at its end. */
function scriptsLoaded(folder: string): string[] {
  const reports = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const urls = reports.flatMap((name) => {
    const report: { result: { url: string }[] } = JSON.parse(readFileSync(join(folder, name), "utf8"));
    return report.result.map(({ url }) => url);
  });
  const scripts = urls.filter((url) => url.startsWith("file:") && url.includes("/.next/server/"));
  expect(scripts.length).toBeGreaterThan(5);
  return scripts.map((url) => fileURLToPath(url));
}

/** How many sessions the store holds of this user. */
function sessionsOf(file: string, email: string): number {
  const database = new Database(file);
  const sql = "SELECT count(*) AS count FROM coatcheck_sessions JOIN users ON users.id = user_id WHERE email = ?";
  const { count } = database.prepare(sql).get(email) as { count: number };
  database.close();
  return count;
}
