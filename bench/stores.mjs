// Sessions in PostgreSQL, MySQL or MariaDB, and Redis: what a read and a write cost, beside what the driver and the server
// allow and beside other libraries.
//
//   npm run bench -- stores                     all of them
//   node bench/stores.mjs postgres redis        after npm run build
//
// DATABASE_URL, MYSQL_URL and REDIS_URL say where; a server that is not there is left out. ROUNDS, SLICE_MS and SESSIONS make
// a run longer or shorter. Everything is made under names of its own and removed at the end.
import { setTimeout as delay } from "node:timers/promises";
import { databases, openDatabase } from "./databases.mjs";
import { load } from "./load.mjs";
import { count, digits, shuffled, spread, summary, table } from "./measure.mjs";
import { many, ours, theirs } from "./visitors.mjs";

const readers = 64;
const rounds = Number(process.env.ROUNDS ?? 7);
const wanted = process.argv.slice(2);

for (const name of databases) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const database = await openDatabase(name);
  const { connection, title, where, missing } = database;
  if (!connection) {
    console.log(`\n## ${title}\n\nLeft out: no server answers (${missing}). ${where} says where it is.`);
    continue;
  }
  try {
    await measureDatabase(database, connection);
  } finally {
    await delay(200); // what was sent without waiting for it
    await connection.close();
  }
}
process.exit(); // one of the peers keeps its connection

async function measureDatabase(database, connection) {
  const limits = await database.limits(connection);
  const own = await rowsOf(await database.stores(connection), ({ store }) => store, ours);
  const peers = await rowsOf(await database.peers(connection), (make) => make(), theirs);
  console.log(`\n## ${database.title}\n\n${connection.version}.`);
  await measureReads(limits, own, peers, connection);
  await measureLone(limits, own, peers, connection);
  await measureWrites(limits, own, peers, connection);
}

async function rowsOf(named, open, rows) {
  const made = [];
  for (const [name, one] of Object.entries(named)) {
    const target = await rows(name, await open(one));
    made.push({ ...target, read: { ...target.read, goal: one } });
  }
  return made;
}

function readRows(limits, own, peers) {
  const raw = [...new Set([limits.batched, limits.single, ...(limits.more ?? [])])];
  return [...raw, ...own.map(({ read }) => read), ...peers.map(({ read }) => read)];
}

async function measureReads(limits, own, peers, { counter }) {
  const results = await load(readRows(limits, own, peers), readers, counter);
  const rateOf = ({ name }) => results.get(name).rate.median;
  const [batched, single] = [rateOf(limits.batched), rateOf(limits.single)];
  console.log(`\n### ${readers} readers at once, ${count(many)} sessions\n`);
  console.log(
    table(
      ["", "reads/s (min–max)", "of the limit", "× one by one", "event loop, µs", "CPU, µs", "calls", "writes/1,000"],
      [...results].map(([name, { rate, loop, cpu, calls, writes }]) => [
        name,
        spread(rate, count),
        `${Math.round((rate.median / batched) * 100)} %`,
        digits(rate.median / single),
        digits(loop.median),
        digits(cpu.median),
        calls.median === 1 ? "1" : calls.median.toFixed(3),
        Math.round(writes.median * 1_000),
      ]),
    ),
  );
  const bestPeer = Math.max(...peers.map(({ read }) => rateOf(read)));
  for (const { read } of own) judge(read, { results, batched, single, bestPeer, limits });
}

/** One line for each store: whether the figures of this run are what is asked of it. */
function judge({ name, goal }, { results, batched, single, bestPeer, limits }) {
  const { rate, calls, writes } = results.get(name);
  const limit = goal.of ? results.get(goal.of).rate.median : batched;
  const lines = [
    [`at least ${goal.share * 100} % of ${goal.of ?? limits.batched.name}`, rate.median / limit >= goal.share],
    limits.batched === limits.single
      ? ["twice the best peer", rate.median >= 2 * bestPeer]
      : ["3 × one statement each", rate.median >= 3 * single],
    ["at most one call for each read", calls.max <= 1.001],
    ["no write", writes.max === 0],
  ];
  console.log(`\n${name}: ${lines.map(([text, met]) => `${met ? "yes" : "NO"}, ${text}`).join("; ")}.`);
}

async function measureLone(limits, own, peers, { counter }) {
  const results = await load(readRows(limits, own, peers), 1, counter);
  const base = results.get(limits.single.name).latency.median;
  console.log("\n### One read at a time\n");
  console.log(
    table(
      ["", "µs (min–max)", "p99, µs", `× ${limits.single.name}`],
      [...results].map(([name, { latency, p99 }]) => [
        name,
        spread(latency, digits),
        digits(p99.median),
        digits(latency.median / base),
      ]),
    ),
  );
}

async function measureWrites(limits, own, peers, { counter }) {
  const writers = [limits.write, ...[...own, ...peers].flatMap(({ write }) => write ?? [])];
  const alone = await load(writers, 1, counter);
  const together = await load(writers, readers, counter);
  const contended = await measureContended([...own, ...peers].flatMap(({ contended }) => contended ?? []));
  console.log(`\n### Reading a session and setting one key; ${readers} updates of one key of one session at once\n`);
  console.log(
    table(
      [
        "",
        "alone, µs (min–max)",
        `${readers} sessions at once, /s`,
        "event loop, µs",
        "one session, updates/s",
        "survive",
      ],
      [...alone].map(([name, { latency }]) => [
        name,
        spread(latency, digits),
        spread(together.get(name).rate, count),
        digits(together.get(name).loop.median),
        contended.has(name) ? spread(contended.get(name).rate, count) : "–",
        contended.has(name) ? `${contended.get(name).survivors.median} of ${readers}` : "–",
      ]),
    ),
  );
}

async function measureContended(rows) {
  const seen = new Map(rows.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const row of shuffled(rows)) seen.get(row.name).push(await contend(row));
  return new Map(
    [...seen].map(([name, all]) => [
      name,
      { rate: summary(all.map(({ rate }) => rate)), survivors: summary(all.map(({ survivors }) => survivors)) },
    ]),
  );
}

async function contend({ make, addOne, data }) {
  const key = await make();
  const start = performance.now();
  await Promise.all(Array.from({ length: readers }, () => addOne(key)));
  const took = performance.now() - start;
  return { rate: (readers / took) * 1_000, survivors: (await data(key)).count };
}
