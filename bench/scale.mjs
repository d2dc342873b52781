// The same measures of each store at a thousand, ten thousand, a hundred thousand and a million sessions.
//
//   npm run bench -- scale
//   SIZES=1000,10000 node bench/scale.mjs sqlite redis       after npm run build
//
// The sessions are real: made by `sessions.create`, or copies of a row that it made with an id and deadlines of their own, so
// that every one of them can be opened by a token. Their idle deadlines are spread over the idle timeout. Each store is
// filled, measured and emptied in turn; SLICE_MS says how long each measure takes.
import { performance } from "node:perf_hooks";
import { setTimeout as delay, setImmediate as turn } from "node:timers/promises";
import { createSessions } from "../dist/index.js";
import { count, digits, table } from "./measure.mjs";
import { data } from "./visitors.mjs";

const sizes = (process.env.SIZES ?? "1000,10000,100000,1000000").split(",").map(Number);
const sliceMs = Number(process.env.SLICE_MS ?? 2_000);
const readers = 64;
const fillers = 256;
const hot = 1_000;
const wide = 20_000;
const stepSize = 500;
const idle = 7 * 86_400_000;
const names = ["postgres", "mysql", "redis", "sqlite"];
const wanted = process.argv.slice(2);

console.log(`Node ${process.version}; ${sizes.map(count).join(", ")} sessions; ${sliceMs} ms for each measure.`);
for (const name of names) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const database = await import(`./scale/${name}.mjs`);
  try {
    await measureStore(database, await database.open());
  } catch (error) {
    if (error.code !== "ECONNREFUSED") throw error;
    console.log(`\n## ${database.title}\n\nLeft out: no server answers. ${database.where} says where it is.`);
  }
}
process.exit();

async function measureStore({ title }, target) {
  const sweeps = [];
  const columns = [];
  try {
    const shop = await openShop(target);
    for (const size of sizes) {
      const figures = await measureSize(shop, target, size);
      columns.push(figures);
      sweeps.push(figures.plan);
      console.error(`${title}: ${count(size)} in ${Math.round(figures.took / 1_000)} s`);
    }
  } finally {
    await delay(200);
    await target.close();
  }
  printTable(title, target.version, columns);
  const plan = sweeps.at(-1);
  if (plan) console.log(`\nThe plan of the sweep at the largest size:\n\n\`\`\`\n${plan.join("\n")}\n\`\`\``);
}

/** Sessions on the store, with a clock that can be set back while filling and forward while sweeping. */
async function openShop({ store }) {
  const clock = { shift: 0 };
  const runtime = { now: () => Date.now() + clock.shift };
  const later = { shift: 0 };
  const sessions = createSessions({ store, runtime });
  const calls = [];
  const sweeper = createSessions({
    store: timing(store, calls),
    runtime: { now: () => Date.now() + later.shift },
    storeTimeLimit: "1m", // a slow step is to be measured, not to fail
  });
  const { token, session } = await sessions.create({ userId: "u0", data });
  const [id, secret] = [session.id, token.slice(27)];
  return { store, sessions, sweeper, calls, clock, later, template: { id, secret }, tokens: [], offered: 0, filled: 1 };
}

/** The store, each of whose calls to sweep is timed. */
function timing(store, calls) {
  if (!store.sweep) return store;
  const sweep = async (now, limit) => {
    let removed = 0;
    calls.push(
      await timed(async () => {
        removed = await store.sweep(now, limit);
      }),
    );
    return removed;
  };
  return { ...store, sweep };
}

async function measureSize(shop, target, size) {
  const start = performance.now();
  const fill = await timed(() => fillTo(shop, target, size));
  await target.settle();
  const space = await target.space();
  const tokens = await tokensOf(shop, target, Math.min(wide, size));
  await visitAll(shop, tokens);
  const some = tokens.slice(0, hot);
  const lone = await loop(1, (step) => open(shop, some[step % some.length]));
  const many = await loop(readers, (step) => open(shop, some[step % some.length]));
  const loneWide = await loop(1, (step) => open(shop, tokens[step % tokens.length]));
  const manyWide = await loop(readers, (step) => open(shop, tokens[step % tokens.length]));
  const touched = await touchAll(shop, target, tokens);
  const created = await createSome(shop);
  const swept = await sweepTenth(shop, some);
  const plan = target.plan && swept.removed > 0 ? await target.plan() : null;
  shop.filled = space.sessions - swept.removed;
  return {
    size,
    fill,
    space,
    lone,
    many,
    loneWide,
    manyWide,
    touched,
    created,
    swept,
    plan,
    took: performance.now() - start,
  };
}

async function fillTo(shop, target, size) {
  const missing = size - shop.filled;
  const { id } = shop.template;
  if (target.fill) return target.fill(missing, { id, now: Date.now(), idle: idle - 60_000 });
  target.filling?.(true);
  await fillByCreate(shop, missing);
  target.filling?.(false);
}

// Where the store is as fast as a copy: every session made by the engine, at an instant of the last week.
async function fillByCreate(shop, missing) {
  const { sessions, clock } = shop;
  for (let made = 0; made < missing; made += fillers) {
    clock.shift = -Math.floor(Math.random() * (idle - 60_000));
    const batch = Array.from({ length: Math.min(fillers, missing - made) }, (_, at) =>
      sessions.create({ userId: `u${Math.floor((made + at) / 2)}`, data }),
    );
    const fresh = clock.shift > -idle + 2 * 86_400_000;
    for (const { token } of await Promise.all(batch)) if (fresh) keepSome(shop, token);
  }
  clock.shift = 0;
}

// A fair sample of all that were ever offered.
function keepSome(shop, token) {
  shop.offered++;
  if (shop.tokens.length < wide) shop.tokens.push(token);
  else if (Math.random() < wide / shop.offered) shop.tokens[Math.floor(Math.random() * wide)] = token;
}

async function tokensOf(shop, target, most) {
  if (!target.someIds) return shop.tokens.slice(0, most);
  const ids = await target.someIds(most);
  return ids.map((id) => `ccs_${id}.${shop.template.secret}`);
}

// The first visit of each: whether it is there, and the touch that is due after a long absence.
async function visitAll(shop, tokens) {
  for (let at = 0; at < tokens.length; at += readers)
    await Promise.all(
      tokens.slice(at, at + readers).map(async (token) => {
        await open(shop, token);
        await touch(shop, token, 0);
      }),
    );
}

async function open({ sessions }, token) {
  const session = await sessions.validate(token);
  if (!session?.data.cart) throw new Error("A session that was stored cannot be opened.");
}

/** Loops for a while; answers operations per second, and the median and the 99th percentile of one in µs. */
async function loop(loops, run, until = null) {
  const times = [];
  const start = performance.now();
  let step = 0;
  const goOn = async () => {
    for (let from = start; until ? !until.done : from < start + sliceMs; ) {
      await run(step++);
      const to = performance.now();
      times.push(to - from);
      if (until) await turn();
      from = until ? performance.now() : to;
    }
  };
  await Promise.all(Array.from({ length: loops }, goOn));
  const took = performance.now() - start;
  times.sort((one, other) => one - other);
  const at = (share) => (times[Math.floor(times.length * share)] ?? Number.NaN) * 1_000;
  return {
    count: times.length,
    rate: (times.length / took) * 1_000,
    p50: at(0.5),
    p99: at(0.99),
    longest: (times.at(-1) ?? 0) * 1_000,
  };
}

/** Touches, each of another session and each due; and how much log the server writes for one, if nobody else writes. */
async function touchAll(shop, target, tokens) {
  const before = await target.logged?.();
  const figures = await loop(readers, (step) => touch(shop, tokens[step % tokens.length], step + 1));
  const log = before === undefined ? undefined : ((await target.logged()) - before) / figures.count;
  return { ...figures, log };
}

async function touch({ store }, token, later) {
  const now = Date.now() + later;
  const touch = { lastSeenAt: now, idleExpiresAt: now + idle, ifSeenBefore: now };
  const { outcome } = await store.update(token.slice(4, 26), { touch }, Date.now());
  if (outcome !== "updated") throw new Error("A session that was stored cannot be touched.");
}

/** New sessions, removed again. */
async function createSome({ sessions, store }) {
  const ids = [];
  const figures = await loop(readers, async (step) => {
    ids.push((await sessions.create({ userId: `n${step}`, data })).session.id);
  });
  for (let at = 0; at < ids.length; at += readers)
    await Promise.all(ids.slice(at, at + readers).map((id) => store.destroy(id)));
  return figures;
}

/** Moves the clock to where a tenth is expired, and sweeps in steps while somebody reads. */
async function sweepTenth(shop, tokens) {
  if (!shop.store.sweep) return { removed: 0 };
  shop.later.shift = 0;
  const nothing = await timed(() => shop.sweeper.sweep({ limit: stepSize }));
  shop.later.shift = idle / 10;
  const until = { done: false };
  // One read in each turn of the event loop: what is answered at once would keep the sweep from ever going on.
  const reading = loop(1, (step) => open(shop, tokens[step % tokens.length]), until);
  shop.calls.length = 0;
  let removed = 0;
  const took = await timed(async () => {
    for (let last = stepSize; last === stepSize; removed += last) last = await shop.sweeper.sweep({ limit: stepSize });
  });
  const longest = Math.max(...shop.calls);
  until.done = true;
  const after = await timed(() => shop.sweeper.sweep());
  return { removed, took, nothing, longest, after, reading: await reading };
}

async function timed(task) {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

function printTable(title, version, columns) {
  const rows = {
    "filled in, s": ({ fill }) => digits(fill / 1_000),
    "bytes for a session": ({ space }) => count(space.total / space.sessions),
    "… of these indexes": ({ space }) => (space.indexes === undefined ? "–" : count(space.indexes / space.sessions)),
    [`one reader, ${count(hot)} sessions: p50 / p99, µs`]: ({ lone }) => `${digits(lone.p50)} / ${digits(lone.p99)}`,
    [`${readers} readers, reads/s`]: ({ many }) => count(many.rate),
    [`one reader, up to ${count(wide)} sessions: p50 / p99, µs`]: ({ loneWide }) =>
      `${digits(loneWide.p50)} / ${digits(loneWide.p99)}`,
    [`${readers} readers, reads/s `]: ({ manyWide }) => count(manyWide.rate),
    "creates/s, 64 at once": ({ created }) => count(created.rate),
    "touches/s, 64 at once": ({ touched }) => count(touched.rate),
    "bytes of the server's log for a touch": ({ touched }) => (touched.log === undefined ? "–" : count(touched.log)),
    "sweep with nothing to do, ms": ({ swept }) =>
      swept.took ? `${digits(swept.nothing)}, after one ${digits(swept.after)}` : "–",
    "sweep of a tenth": ({ swept }) =>
      swept.took ? `${count(swept.removed)} in ${digits(swept.took / 1_000)} s` : "–",
    "longest store call of it, ms": ({ swept }) => (swept.took ? digits(swept.longest) : "–"),
    "one reader meanwhile: p50 / p99 / longest, µs": ({ swept }) =>
      swept.took ? [swept.reading.p50, swept.reading.p99, swept.reading.longest].map(digits).join(" / ") : "–",
  };
  console.log(`\n## ${title}\n\n${version}.\n`);
  const head = ["", ...columns.map(({ size }) => count(size))];
  console.log(
    table(
      head,
      Object.entries(rows).map(([name, cell]) => [name.trim(), ...columns.map(cell)]),
    ),
  );
}
