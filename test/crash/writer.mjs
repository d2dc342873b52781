// A process that changes sessions without pause until it is killed. It says on its standard output what it is about to do,
// which secrets it was given, and what was acknowledged; each line is with the parent before the process goes on.
import { writeSync } from "node:fs";
import { Chance } from "../races/chance.mjs";
import { importBuilt } from "../races/library.mjs";
import { openModule } from "../races/stores.mjs";
import { breakDurability } from "./broken.mjs";
import { stopAt } from "./steps.mjs";

const { dist, store: name, target, seed, shared, step, broken } = JSON.parse(process.argv[2]);
const chance = new Chance(seed);
// Requests come in turns of their own: a loop over a store that answers at once would let nothing else run.
const anotherTurn = () => new Promise((resolve) => setImmediate(resolve));
const say = (line) => void writeSync(1, `${JSON.stringify(line)}\n`);

const { createSessions } = await importBuilt(dist, "index.js");
const { openStore } = await openModule(name);
const { store: whole } = await openStore(dist, target);
const store = breakDurability(
  broken,
  stopAt(whole, step, () => say({ stopped: true })),
);
const keepsTokens = broken === "keepsTokens";
const options = { origins: ["https://shop.example"], keep: ["count"], runtime: { randomBytes } };
const sessions = createSessions({ ...options, store });
const counting = createSessions({ ...options, store: whole });

/** Tells the parent every secret before the library uses it: a token that was stored but not yet answered is known too. */
function randomBytes(size) {
  const bytes = crypto.getRandomValues(new Uint8Array(size));
  if (size === 32) say({ secret: Buffer.from(bytes).toString("base64url") });
  return bytes;
}

const changes = {
  async set(one) {
    say({ doing: "set", id: one.id, count: one.count + 1 });
    await one.session.set({ count: one.count + 1, ...(keepsTokens && { token: one.token }) });
    one.count += 1;
    say({ done: "set", id: one.id, count: one.count });
  },
  async rotate(one) {
    say({ doing: "rotate", id: one.id });
    one.token = await one.session.rotate();
    say({ done: "rotate", id: one.id, token: one.token });
  },
  async signIn(one) {
    say({ doing: "signIn", id: one.id });
    one.token = await one.session.signIn(one.userId);
    say({ done: "signIn", id: one.id, token: one.token });
  },
  async destroy(one) {
    say({ doing: "destroy", id: one.id });
    await one.session.destroy();
    say({ done: "destroy", id: one.id });
    return true;
  },
  async revokeUser(one) {
    await changes.signIn(one);
    say({ doing: "destroy", id: one.id });
    await sessions.revokeUser(one.userId);
    say({ done: "destroy", id: one.id });
    return true;
  },
};

const often = ["set", "set", "set", "rotate", "rotate", "signIn", "signIn", "destroy", "revokeUser"];

async function live(number) {
  for (let life = 0; ; life++) {
    const userId = `user-${seed}-${number}-${life}`;
    const { token, session } = await sessions.create({ data: { count: 0 } });
    say({ done: "create", id: session.id, token });
    const one = { id: session.id, token, session, count: 0, userId };
    while (!(await changes[chance.pick(often)](one))) {
      await anotherTurn();
      one.session = await sessions.validate(one.token);
    }
  }
}

async function countTogether() {
  for (;;) {
    await anotherTurn();
    const session = await counting.validate(shared);
    await session.update("count", (count = 0) => count + 1);
    say({ counted: 1 });
  }
}

await Promise.all([countTogether(), live(1), live(2), live(3)]);
