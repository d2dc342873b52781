import { spawn } from "node:child_process";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import type { Page } from "playwright-core";
import { beforeEach, expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import { account, administrator, arrive, hasChromium, openStage, shoot, signIn } from "./shop.ts";

const program = join(import.meta.dirname, "../../examples/course/cli/vesper.mjs");
const lesson = "letterforms/capitals-of-stone";

await describeWith("Chromium and a command line", hasChromium, () => {
  const { shop, folder, databaseFile, openContext } = openStage("command-line");
  const tokensFile = () => join(folder, "vesper/tokens.json");

  beforeEach(() => rmSync(tokensFile(), { force: true }));

  /** Runs the client as its user does, with the ticket on its standard input. */
  function vesper(args: readonly string[], input = "", url = shop.url): Promise<{ code: number | null; said: string }> {
    const env = { ...process.env, VESPER_URL: url, VESPER_TOKENS: tokensFile() };
    const running = spawn(process.execPath, [program, ...args], { env });
    let said = "";
    for (const stream of [running.stdout, running.stderr]) stream.on("data", (chunk) => (said += chunk));
    running.stdin.end(input);
    return new Promise((resolve) => running.once("close", (code) => resolve({ code, said })));
  }

  async function openAccount(options = {}): Promise<Page> {
    const page = await (await openContext(options)).newPage();
    await page.goto(`${shop.url}/sign-in`);
    await signIn(page);
    await arrive(page, "/account");
    return page;
  }

  async function makeTicket(page: Page): Promise<string> {
    await page.goto(`${shop.url}/account/command-line`);
    await page.getByRole("button", { name: "Make a ticket" }).click();
    return page.getByLabel("Your ticket").inputValue();
  }

  async function signInProgram(page: Page): Promise<void> {
    const { code, said } = await vesper(["sign-in"], `${await makeTicket(page)}\n`);
    expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining("You are signed in.") });
  }

  /** As if the access token had ended by now, at the client and at the shop. */
  function age(change: object): void {
    writeFileSync(tokensFile(), JSON.stringify({ ...JSON.parse(readFileSync(tokensFile(), "utf8")), ...change }));
  }

  it("signs a program in with a ticket, which completes a lesson that the browser shows", async () => {
    const page = await openAccount();
    await page.getByRole("link", { name: "What acts for you" }).click();
    await page.getByRole("link", { name: "Sign a command line in" }).click();
    await signInProgram(page);
    await shoot(page, "command-line");
    expect(statSync(tokensFile()).mode & 0o777).toBe(0o600);
    expect((await vesper(["complete", lesson])).said).toContain("Completed: ");
    expect((await vesper(["courses"])).said).toMatch(
      /Dana Moreau, your courses:\n\n {2}Letterforms \(letterforms\): 1 of /,
    );
    await page.goto(`${shop.url}/courses/${lesson.replace("/", "/lessons/")}`);
    await page.getByRole("button", { name: "Reopen this lesson" }).waitFor();
    await page.context().close();
  });

  it("goes on with the refresh token when the access token has ended, on either clock", async () => {
    const page = await openAccount();
    await signInProgram(page);
    const first = JSON.parse(readFileSync(tokensFile(), "utf8"));
    age({ expiresAt: Date.now() });
    expect((await vesper(["courses"])).code).toBe(0);
    const second = JSON.parse(readFileSync(tokensFile(), "utf8"));
    expect([second.refresh === first.refresh, second.access === first.access]).toEqual([false, false]);
    age({ access: "nothing.that.counts" });
    expect((await vesper(["courses"])).code).toBe(0);
    age({ expiresAt: Date.now() });
    const together = await Promise.all(Array.from({ length: 5 }, () => vesper(["courses"])));
    expect(together.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    await page.context().close();
  });

  it("lists what acts for the user, and ends it: the program is told at once", async () => {
    const browser = await openAccount();
    const page = await openAccount({ javaScriptEnabled: false });
    const programs = page.getByRole("listitem").filter({ hasText: "Command line on" });
    await page.goto(`${shop.url}/account/access`);
    const before = await programs.count(); // other tests have left some
    await signInProgram(page);
    await page.goto(`${shop.url}/account/access`);
    expect(await programs.count()).toBe(before + 1);
    expect(await programs.first().textContent()).toContain("sees your courses and completes lessons");
    expect(await page.getByText("This device").count()).toBe(1);
    await shoot(page, "access");
    while ((await page.getByRole("button", { name: /^Sign out Chrom/ }).count()) > 0) {
      await page
        .getByRole("button", { name: /^Sign out Chrom/ })
        .first()
        .click();
      await page.getByText("It is signed out.").waitFor();
    }
    await browser.goto(`${shop.url}/account`);
    await arrive(browser, "/sign-in");
    const { access } = JSON.parse(readFileSync(tokensFile(), "utf8"));
    while ((await page.getByRole("button", { name: /^Take the keys/ }).count()) > 0) {
      await page
        .getByRole("button", { name: /^Take the keys/ })
        .first()
        .click();
      await page.getByText("Its keys are worth nothing any more.").waitFor();
    }
    const answer = await fetch(`${shop.url}/api/learning`, { headers: { authorization: `Bearer ${access}` } });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringMatching(/^Bearer .*invalid_token/),
    ]);
    const { code, said } = await vesper(["courses"]);
    expect([code, said]).toEqual([1, expect.stringContaining("somebody has ended this session")]);
    await page.context().close();
  });

  it("takes a ticket once, and says what is wrong in words", async () => {
    const page = await openAccount();
    const ticket = await makeTicket(page);
    expect((await vesper(["sign-in", ticket])).code).toBe(0);
    expect(await vesper(["sign-in", ticket])).toEqual({ code: 1, said: expect.stringContaining("was used before") });
    const failures: [readonly string[], string][] = [
      [["complete", "letterforms/nothing"], "There is no lesson letterforms/nothing."],
      [["complete", "letterforms/rhythm-and-white"], "That lesson is locked"],
      [["complete"], "Which one?"],
      [["dance"], "Usage: vesper sign-in | courses | complete | sign-out"],
    ];
    for (const [args, words] of failures)
      expect(await vesper(args)).toEqual({ code: 1, said: expect.stringContaining(words) });
    const closed = "http://localhost:9";
    expect((await vesper(["sign-in", "x"], "", closed)).said).toContain(`The shop does not answer at ${closed}.`);
    expect((await vesper(["sign-out"])).said).toBe("You are signed out.\n");
    expect((await vesper(["courses"])).said).toBe("You are not signed in. Begin with: sign-in\n");
    expect((await fetch(`${shop.url}/api/learning`)).headers.get("www-authenticate")).toMatch(/^Bearer/);
    await page.context().close();
  });

  async function actAsDana(page: Page): Promise<void> {
    await page.goto(`${shop.url}/admin`);
    const dana = page.locator(".people > li", { hasText: account.email });
    await dana.locator("summary").click();
    await dana.getByLabel("Reason").fill("Ticket 4711");
    await dana.getByRole("button", { name: "Act as Dana Moreau" }).click();
    await arrive(page, "/account");
  }

  // Without JavaScript a page stays as it was, whatever another tab does.
  it("gives no ticket to whoever acts as a customer, on a page of before or after", async () => {
    const context = await openContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${shop.url}/sign-in`);
    await signIn(page, administrator.password, administrator.email);
    await arrive(page, "/account");
    await page.goto(`${shop.url}/account/command-line`);
    await actAsDana(await context.newPage());
    const before = recordsIn(databaseFile);
    await page.getByRole("button", { name: "Make a ticket" }).click();
    await arrive(page, "/confirm");
    expect(recordsIn(databaseFile)).toBe(before); // the page alone would have sent there as well
    await page.goto(`${shop.url}/account/command-line`);
    await page.getByRole("heading", { name: "Only Dana Moreau can do that" }).waitFor();
    expect(await page.getByRole("button", { name: "Make a ticket" }).count()).toBe(0);
    await context.close();
  });
});

/** How many records the store holds: of sessions, and of tickets. */
function recordsIn(file: string): number {
  const database = new Database(file);
  const { count } = database.prepare("SELECT count(*) AS count FROM coatcheck_sessions").get() as { count: number };
  database.close();
  return count;
}
