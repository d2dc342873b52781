// What extensions cost: a request that touches none, and one that touches each kind.
import Database from "libsql";
import { z } from "zod";
import { ability } from "../dist/extensions/ability/index.js";
import { commerce, sqlCommerce, testPayments } from "../dist/extensions/commerce/index.js";
import { organisation } from "../dist/extensions/organisation/index.js";
import { memoryProgress, progress } from "../dist/extensions/progress/index.js";
import { sqlDatabase } from "../dist/extensions/sql/index.js";
import { visitor } from "../dist/extensions/visitor/index.js";
import { createSessions, defineExtension, memoryStore } from "../dist/index.js";
import { measure, print } from "./measure.mjs";
import { data, many } from "./visitors.mjs";

const plain = defineExtension({ name: "plain", resolve: (session) => session.userId });
const later = defineExtension({ name: "later", resolve: async (session) => session.userId });
const needing = defineExtension({
  name: "needing",
  needs: [later],
  resolve: async (session) => `${await session.later}`,
});
const own = defineExtension({
  name: "own",
  data: { seen: z.array(z.string()).default([]) },
  resolve: (_session, context) => ({ first: () => context.data.seen[0] }),
});
const extend = { plain, later, needing, own, bare: (session) => session.userId };

async function visitorsOf(sessions) {
  const made = await Promise.all(
    Array.from({ length: many }, (_, index) => sessions.create({ userId: `u${index}`, data })),
  );
  return made.map(({ token }) => token);
}

async function row(name, options, touch) {
  const sessions = createSessions({ store: memoryStore(), ...options });
  const tokens = await visitorsOf(sessions);
  const run = async (step) => {
    const session = await sessions.validate(tokens[step % many]);
    if (!session.data.cart) throw new Error("A session of the benchmark is gone.");
    return touch?.(session);
  };
  return { name, run };
}

const rows = [
  await row("a session, without extensions", {}),
  await row("a session, five extensions untouched", { extend }),
  await row("one function", { extend }, (session) => session.bare),
  await row("one defined, at once", { extend }, (session) => session.plain),
  await row("one defined, read twenty times", { extend }, (session) => {
    for (let times = 0; times < 20; times++) if (!session.plain) throw new Error("It is gone.");
  }),
  await row("one that is a promise, with its time limit", { extend }, (session) => session.later),
  await row("one that needs another, both promises", { extend }, (session) => session.needing),
  await row("one that reads data of its own", { extend }, (session) => session.own.first()),
];

print("What extensions cost, on memoryStore", await measure(rows));

// The ready-made ones. What they ask for is at hand, or one row of SQLite in memory: it is their own cost that shows.
const lessons = Array.from({ length: 40 }, (_, index) => ({ id: `lesson-${index}` }));
const ready = {
  visitor: visitor(),
  organisation: organisation({ memberships: () => [{ id: "acme", roles: ["owner"] }] }),
  ability: ability({ rules: () => [{ action: "view", subject: "Lesson", conditions: { isFree: true } }] }),
  progress: progress({ data: memoryProgress(), courses: () => ({ lessons }) }),
  commerce: commerce({
    data: sqlCommerce(sqlDatabase(new Database(":memory:"))),
    products: [{ id: "course", name: "The course", unitPrice: 9_900, currency: "eur" }],
    country: [{ always: "DE" }],
    payment: testPayments(),
  }),
};
const lesson = { __typename: "Lesson", isFree: true };

const readyRows = [
  await row("a session, without extensions", {}),
  await row("a session, all five untouched", { extend: ready }),
  await row("visitor.kind", { extend: ready }, (session) => session.visitor.kind),
  await row("(await organisation).current", { extend: ready }, async (session) => (await session.organisation).current),
  await row("(await ability).can", { extend: ready }, async (session) => (await session.ability).can("view", lesson)),
  await row("progress.course, 40 lessons", { extend: ready }, (session) => session.progress.course("course")),
  await row("commerce.hasPurchased", { extend: ready }, (session) => session.commerce.hasPurchased("course")),
  await row("commerce.price", { extend: ready }, (session) => session.commerce.price("course")),
];

print("What the ready-made extensions cost", await measure(readyRows));
