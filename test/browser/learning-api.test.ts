import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Entitlement, type SqlCommerce, sqlCommerce } from "../../src/extensions/commerce/index.ts";
import { type ProgressData, sqlProgress } from "../../src/extensions/progress/index.ts";
import { sqlDatabase } from "../../src/extensions/sql/index.ts";
import { createSessions } from "../../src/index.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { account, administrator, openShop, type Shop, teacher } from "./shop.ts";

const draft = {
  slug: "sourdough-through-the-year",
  free: "sourdough-through-the-year/the-cold-kitchen",
  paid: "sourdough-through-the-year/oranges-and-rye",
};
const lockedLesson = "letterforms/rhythm-and-white";

/** No browser: a program has none. The test itself gives the tickets, and what has been bought, from the database. */
describe("the API of the demo shop", () => {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-learning-api-"));
  const databaseFile = join(folder, "course.db");
  let shop: Shop;
  let database: Database.Database;
  let sessions: Pick<ReturnType<typeof createSessions>, "issueTicket">;
  let purchases: SqlCommerce;
  let notes: ProgressData;

  beforeAll(async () => {
    shop = await openShop(databaseFile);
    database = new Database(databaseFile);
    database.exec("PRAGMA busy_timeout = 2000");
    sessions = createSessions({ store: sqliteStore(database), origins: [shop.url] });
    purchases = sqlCommerce(sqlDatabase(database));
    notes = sqlProgress(sqlDatabase(database));
  }, 900_000);

  afterAll(async () => {
    database?.close();
    await shop?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A customer of whom nobody knows anything yet. */
  function addCustomer(): string {
    const id = randomUUID();
    database
      .prepare("INSERT INTO users (id, email, name, password) VALUES (?, ?, 'Nour', '')")
      .run(id, `${id}@example.org`);
    return id;
  }

  function userIdOf({ email }: { readonly email: string }): string {
    return (database.prepare("SELECT id FROM users WHERE email = ?").get(email) as { id: string }).id;
  }

  /** Gives somebody a course, with a right that is like no other. */
  async function give(userId: string, slug: string, right: Partial<Entitlement> = {}): Promise<void> {
    const [id, { country = null }] = [randomUUID(), right];
    const paid = { productId: slug, quantity: 1, total: 8_900, currency: "eur", country, createdAt: 1 };
    const none = { orderId: null, couponId: null, seatOf: null, seatsUsed: 0, upgradedFrom: null, upgradedTo: null };
    const status = country === null ? "Valid" : "Restricted";
    const full = { type: "course", contentIds: [slug], expiresAt: null, purchaseId: id, country };
    await purchases.addPurchase({
      purchase: { ...paid, ...none, id, userId, status },
      entitlements: [{ ...full, ...right }],
    });
  }

  /** What a program does that acts for somebody. */
  async function programOf(userId: string) {
    const ticket = await sessions.issueTicket("command-line", { userId, amr: ["pwd"] }, "5m");
    const tokens = await fetch(`${shop.url}/api/command-line`, { method: "POST", body: JSON.stringify({ ticket }) });
    const { access_token: access } = (await tokens.json()) as { access_token: string };
    const send = (request: RequestInit) =>
      fetch(`${shop.url}/api/learning`, { ...request, headers: { authorization: `Bearer ${access}` } });
    const post = (body: BodyInit) => send({ method: "POST", body, duplex: "half" } as RequestInit);
    return {
      post,
      async complete(lesson: string) {
        const answer = await post(JSON.stringify({ lesson }));
        return [answer.status, await answer.json()];
      },
      async courses() {
        const { courses } = (await (await send({})).json()) as { courses: { slug: string; next: unknown }[] };
        return courses;
      },
    };
  }

  it("knows no draft, not even its free lesson", async () => {
    const customer = addCustomer();
    await notes.complete(customer, draft.free, Date.now()); // as if it had been on sale before
    const program = await programOf(customer);
    for (const lesson of [draft.free, draft.paid])
      expect(await program.complete(lesson)).toEqual([404, { error: "no_such_lesson" }]);
    expect(await program.courses()).toEqual([]);
  });

  it.each([
    ["its teacher", teacher],
    ["an administrator", administrator],
  ])("opens a draft to %s, as the browser does", async (_who, somebody) => {
    const program = await programOf(userIdOf(somebody));
    expect(await program.complete(draft.paid)).toEqual([200, { completed: "Oranges and rye" }]);
    expect(await program.courses()).toMatchObject([{ slug: draft.slug, completed: 1, next: { id: draft.free } }]);
  });

  it.each<[string, Partial<Entitlement>, boolean]>([
    ["for everywhere", {}, true],
    ["at a price for Brazil", { country: "BR" }, false],
    ["with a right that has ended", { expiresAt: 1_000 }, false],
    ["with a right to something else of its name", { type: "print" }, false],
  ])("opens a course that was bought %s: %o, %s", async (_how, right, isOpen) => {
    const customer = addCustomer();
    await give(customer, "letterforms", right);
    const program = await programOf(customer);
    expect((await program.courses()).map(({ slug }) => slug)).toEqual(isOpen ? ["letterforms"] : []);
    const answer = isOpen ? [200, { completed: "Rhythm and white" }] : [403, { error: "locked" }];
    expect(await program.complete(lockedLesson)).toEqual(answer);
  });

  it("works in no organisation", async () => {
    const program = await programOf(userIdOf(account)); // who is in two of them
    expect(await program.complete(lockedLesson)).toEqual([403, { error: "locked" }]);
  });

  it("goes on at the lesson that the learner was at, as the account page does, and at none that is locked", async () => {
    const customer = addCustomer();
    await give(customer, "letterforms");
    await notes.visit(customer, "letterforms/capitals-of-stone", 1_000);
    await notes.visit(customer, lockedLesson, 2_000);
    await notes.complete(customer, "bread-by-hand/flour-water-patience", 1_000);
    await notes.visit(customer, "bread-by-hand/reading-the-dough", 2_000);
    const program = await programOf(customer);
    const next = async () => Object.fromEntries((await program.courses()).map((course) => [course.slug, course.next]));
    expect(await next()).toMatchObject({
      letterforms: { id: lockedLesson },
      "bread-by-hand": { id: "bread-by-hand/raising-a-starter" },
    });
    await program.complete(lockedLesson);
    expect(await next()).toMatchObject({ letterforms: { id: "letterforms/the-brush-decides" } });
  });

  it("reads no body that is too large, or does not say how large it is", async () => {
    const program = await programOf(addCustomer());
    const lesson = JSON.stringify({ lesson: "letterforms/capitals-of-stone" });
    expect((await program.post(lesson.padEnd(4_097))).status).toBe(413);
    expect((await program.post(new Blob([lesson]).stream())).status).toBe(413);
    expect((await program.post(lesson.padEnd(4_096))).status).toBe(200);
  });

  it("answers 503, and not 500, while the database does not", async () => {
    const userId = addCustomer();
    const program = await programOf(userId);
    const ticket = await sessions.issueTicket("command-line", { userId, amr: ["pwd"] }, "5m");
    database.exec("BEGIN EXCLUSIVE"); // nobody else writes for longer than the shop waits
    const answers = await Promise.all([
      program.post(JSON.stringify({ lesson: "letterforms/capitals-of-stone" })),
      fetch(`${shop.url}/api/command-line`, { method: "POST", body: JSON.stringify({ ticket }) }),
    ]).finally(() => database.exec("ROLLBACK"));
    for (const answer of answers) {
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
      expect(await answer.json()).toEqual({ error: "temporarily_unavailable" });
    }
  });
});
