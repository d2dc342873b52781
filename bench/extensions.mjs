// What extensions cost: a request that touches none, and one that touches each kind.
import { z } from "zod";
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
