import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";
import Database from "libsql";
import type { Page } from "playwright-core";
import { beforeEach, expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import { account, administrator, arrive, hasChromium, openStage, shoot, signIn } from "./shop.ts";

const program = join(import.meta.dirname, "../../examples/course/cli/vesper.mjs");
/** The program as its user calls it, and as it names itself to them. */
const typed = `node ${relative(process.cwd(), program)}`;
const lesson = "letterforms/capitals-of-stone";

await describeWith("Chromium and a command line", hasChromium, () => {
  const { shop, folder, databaseFile, openContext } = openStage("command-line");
  const tokensFile = () => join(folder, "vesper/tokens.json");

  beforeEach(() => rmSync(tokensFile(), { force: true, recursive: true }));

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
    expect((await vesper(["sign-in"], ticket)).code).toBe(0);
    const failures: [readonly string[], string, string][] = [
      [["sign-in"], ticket, "was used before"],
      [
        ["sign-in", ticket],
        "",
        `No ticket is taken from the command itself: others can read it there. Type: ${typed} sign-in`,
      ],
      [["sign-in"], "", "There was no ticket, so nobody is signed in."],
      [
        ["complete", "letterforms/nothing"],
        "",
        `There is no lesson letterforms/nothing. See your courses: ${typed} courses`,
      ],
      [["complete", "letterforms/rhythm-and-white"], "", "That lesson is locked"],
      [["complete"], "", `Which lesson? ${typed} complete COURSE/LESSON`],
      [["dance"], "", `Usage: ${typed} sign-in | courses | complete COURSE/LESSON | sign-out`],
    ];
    for (const [args, input, words] of failures)
      expect(await vesper(args, input)).toEqual({ code: 1, said: expect.stringContaining(words) });
    const closed = "http://localhost:9";
    const { said } = await vesper(["sign-in"], "x\n", closed);
    expect(said).toContain(`The shop does not answer at ${closed}. Is it open? Make another ticket`);
    expect((await vesper(["sign-in"], "x\n", "shop")).said).toContain('VESPER_URL is "shop".');
    expect((await vesper(["sign-out"])).said).toBe("You are signed out.\n");
    expect((await vesper(["courses"])).said).toBe(`You are not signed in. Begin with: ${typed} sign-in\n`);
    expect((await fetch(`${shop.url}/api/learning`)).headers.get("www-authenticate")).toMatch(/^Bearer/);
    await page.context().close();
  });

  it("tells keys that cannot be read from a sign-in that never was", async () => {
    mkdirSync(tokensFile(), { recursive: true });
    expect(await vesper(["courses"])).toEqual({ code: 1, said: expect.stringContaining("cannot be read (EISDIR)") });
    rmSync(tokensFile(), { recursive: true });
    for (const damaged of ["{", "{}", "null"]) {
      writeFileSync(tokensFile(), damaged);
      expect(await vesper(["courses"])).toEqual({ code: 1, said: expect.stringContaining("is damaged") });
    }
  });

  it("asks again for the next tokens where the answer was lost, and stays signed in", async () => {
    const page = await openAccount();
    await signInProgram(page);
    const lossy = await openLossy(shop.url);
    age({ expiresAt: Date.now(), shop: lossy.url });
    expect(await vesper(["courses"])).toEqual({ code: 0, said: expect.stringContaining("Dana Moreau, your courses:") });
    expect(lossy.exchanges()).toEqual([200, 200]);
    age({ expiresAt: Date.now(), shop: shop.url });
    expect((await vesper(["courses"])).code).toBe(0);
    lossy.close();
    await page.context().close();
  });

  it("ends the sign-in before, whose keys it overwrites, or says that it could not", async () => {
    const page = await openAccount();
    const programs = async () => {
      await page.goto(`${shop.url}/account/access`);
      return page.getByRole("button", { name: /^Take the keys/ }).count();
    };
    const before = await programs();
    await signInProgram(page);
    await signInProgram(page);
    expect(await programs()).toBe(before + 1);
    age({ shop: "http://localhost:9" });
    const { code, said } = await vesper(["sign-in"], await makeTicket(page));
    expect([code, said]).toEqual([
      0,
      expect.stringContaining("could not be ended. End it at http://localhost:9/account/access"),
    ]);
    expect((await vesper(["courses"])).code).toBe(0);
    await page.context().close();
  });

  it("leaves no session behind where no tokens can be issued, and reads no long body of strangers", async () => {
    const page = await openAccount();
    const database = new Database(databaseFile);
    const sql = "SELECT count(*) AS count FROM coatcheck_sessions WHERE user_id IS NOT NULL";
    const count = () => (database.prepare(sql).get() as { count: number }).count;
    const ticket = await makeTicket(page);
    const ask = (body: BodyInit, more = {}) => fetch(`${shop.url}/api/command-line`, { method: "POST", body, ...more });
    const long = JSON.stringify({ ticket, host: "x".repeat(5_000) });
    expect((await ask(long)).status).toBe(413);
    expect((await ask(new Blob([JSON.stringify({ ticket })]).stream(), { duplex: "half" })).status).toBe(413);
    const before = count();
    database.exec("CREATE TRIGGER broken BEFORE UPDATE ON coatcheck_sessions BEGIN SELECT RAISE(ABORT, 'broken'); END");
    const { code, said } = await vesper(["sign-in"], ticket);
    database.exec("DROP TRIGGER broken");
    expect([code, said]).toEqual([1, expect.stringContaining("out of order for the moment. Make another ticket")]);
    expect(count()).toBe(before);
    database.close();
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

/** A way to the shop on which the first answer to an exchange is lost, after the shop has given it. */
async function openLossy(shop: string) {
  const exchanges: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { "content-type": type, authorization } = request.headers;
    const headers = { ...(type && { "content-type": type }), ...(authorization && { authorization }) };
    const body = request.method === "POST" ? Buffer.concat(chunks) : null;
    const answer = await fetch(shop + request.url, { method: request.method ?? "GET", headers, body });
    const text = await answer.text();
    if (request.url === "/api/session/token") exchanges.push(answer.status);
    if (request.url === "/api/session/token" && exchanges.length === 1) request.socket.destroy();
    else response.writeHead(answer.status, { "content-type": "application/json" }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}`, exchanges: () => exchanges, close: () => server.close() };
}
