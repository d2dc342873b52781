// What the memory store takes and how long it ever holds up a visitor, beside a raw Map of JSON strings.
//
//   node bench/memory-store.mjs [sessions…]        (10000 100000 1000000; each measured in a process of its own)
//   COATCHECK_DIST=/elsewhere node bench/memory-store.mjs
//
// The longest steps are single calls. One during which the garbage collector paused the program says more about the
// collector than about the store, so these are left out of the figures "without GC". (What remains there includes the
// collector's marking between its pauses, in slices of about a millisecond, and the compiler's work.)
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { PerformanceObserver } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const dist = process.env.COATCHECK_DIST ?? fileURLToPath(new URL("../dist", import.meta.url));
const minute = 60_000;
const start = 1_800_000_000_000;
const idle = 7 * 24 * 60 * minute;
const absolute = 30 * 24 * 60 * minute;
const largeSample = 200_000;
const [job, ...rest] = process.argv.slice(2);

if (job === "one") await measure(rest[0], Number(rest[1]));
else runAll(process.argv.slice(2).map(Number));

function runAll(given) {
  const counts = given.length > 0 ? given : [10_000, 100_000, 1_000_000];
  const runs = counts.flatMap((count) => ["raw Map", "memoryStore"].map((kind) => runOne(kind, count)));
  const measures = Object.keys(runs[1]);
  console.log(`Node ${process.version}, ${new Date().toISOString().slice(0, 10)}; raw Map: id to the record as JSON\n`);
  measures.forEach((measure, at) => {
    console.log(`| ${[measure, ...runs.map((run) => run[measure] ?? "–")].join(" | ")} |`);
    if (at === 0) console.log(`| --- |${" ---: |".repeat(runs.length)}`);
  });
}

function runOne(kind, count) {
  const flags = ["--expose-gc", fileURLToPath(import.meta.url), "one", kind, String(count)];
  return JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
}

async function measure(kind, count) {
  const store = kind === "memoryStore" ? await ours(count) : raw();
  const pauses = watchCollector();
  const before = settledMemory();
  const ids = new Array(1_000);
  const filling = await stepsOf(count, pauses, (at) => {
    const record = newRecord(at, start + Math.floor((at / count) * 60) * minute);
    if (at % Math.ceil(count / 1_000) === 0) ids[Math.floor(at / Math.ceil(count / 1_000))] = record.id;
    return () => store.create(record);
  });
  const after = settledMemory();
  const chosen = ids.filter(Boolean);
  const figures = {
    "": `${kind}, ${count.toLocaleString("en")}`,
    "bytes/session, heap": whole((after.heapUsed - before.heapUsed) / count),
    "bytes/session, off heap": whole((after.arrayBuffers - before.arrayBuffers) / count),
    "bytes/session, RSS": whole((after.rss - before.rss) / count),
    "create, µs": micro(filling.mean),
    "longest create, ms": milli(filling.longest),
    "longest create without GC, ms": milli(filling.longestOwn),
    "longest GC pause while filling, ms": milli(filling.longestPause),
    "full GC, ms": milli(fullPause()),
    "find, µs": micro(timeFinds(chosen, (id) => store.read(id))),
    "find and parse its data, µs": micro(timeFinds(chosen, (id) => parseData(store.read(id)))),
    ...(store.sweep && (await expiryAndEviction(store, count, pauses))),
  };
  console.log(JSON.stringify(figures));
}

async function expiryAndEviction(store, count, pauses) {
  const evicting = await stepsOf(Math.min(count, 100_000), pauses, (at) => {
    const record = newRecord(at, start + 61 * minute);
    return () => store.create(record);
  });
  const touching = await stepsOf(1_000, pauses, () => () => store.touch());
  const expiring = await stepsOf(Math.min(count, 50_000) / 100, pauses, () => () => store.sweep());
  return {
    "create that evicts, µs": micro(evicting.mean),
    "99.9 % of them, ms": milli(evicting.most999),
    "longest of them, ms": milli(evicting.longest),
    "longest without GC, ms": milli(evicting.longestOwn),
    "touch, µs": micro(touching.mean),
    "expiry of 100, mean, ms": milli(expiring.mean),
    "longest expiry of 100, ms": milli(expiring.longest),
    "longest expiry without GC, ms": milli(expiring.longestOwn),
  };
}

/** Times `count` calls one by one; a turn of the event loop in between now and then lets the collector report. */
async function stepsOf(count, pauses, prepare) {
  const steps = [];
  const first = pauses.length;
  for (let at = 0; at < count; at++) {
    const step = prepare(at);
    const from = performance.now();
    step();
    const took = performance.now() - from;
    if (steps.length < largeSample || took > 0.1) steps.push({ from, took });
    if (at % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  const seen = pauses.slice(first);
  const own = steps.filter((step) => step.took <= 0.1 || !seen.some((pause) => overlap(pause, step)));
  const sorted = steps.map(({ took }) => took).sort((left, right) => left - right);
  return {
    mean: sorted.reduce((sum, took) => sum + took, 0) / sorted.length,
    most999: sorted[Math.floor(sorted.length * 0.999)],
    longest: most(steps),
    longestOwn: most(own),
    longestPause: most(seen),
  };
}

function overlap(pause, step) {
  return pause.from < step.from + step.took && pause.from + pause.took > step.from;
}

function watchCollector() {
  const pauses = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) pauses.push({ from: startTime, took: duration });
  });
  observer.observe({ entryTypes: ["gc"] });
  return pauses;
}

async function ours(count) {
  const { memoryStore } = await import(`${dist}/stores/memory.js`);
  const store = memoryStore({ maxEntries: count, maxBytes: 2 ** 40 });
  const seen = start + 62 * minute;
  let last;
  let turn = 0;
  return {
    create: (record) => {
      last = record.id;
      return store.create(record);
    },
    read: (id) => store.find([id], start)[0],
    touch: () => {
      const touch = { lastSeenAt: seen + ++turn, idleExpiresAt: seen + turn + idle, ifSeenBefore: seen + turn };
      return store.update(last, { touch }, seen + turn);
    },
    sweep: () => store.sweep(seen + idle, 100),
  };
}

function raw() {
  const map = new Map();
  return {
    create: (record) => map.set(record.id, JSON.stringify(record)),
    read: (id) => JSON.parse(map.get(id)),
  };
}

function newRecord(at, now) {
  return {
    id: randomBytes(16).toString("base64url"),
    digest: createHash("sha256").update(String(at)).digest("base64url"),
    previousDigest: null,
    previousGraceEndsAt: null,
    userId: null,
    data: {
      cart: `[{"sku":"course-${at % 997}","quantity":1},{"sku":"book-${at % 89}","quantity":2}]`,
      theme: '"dark"',
    },
    device: null,
    actor: null,
    createdAt: now,
    authenticatedAt: null,
    lastSeenAt: now,
    idleExpiresAt: now + idle,
    expiresAt: now + absolute,
    persistent: true,
    generation: 0,
    version: 1,
  };
}

function parseData({ data }) {
  return JSON.parse(data.cart).length + JSON.parse(data.theme).length;
}

/** The fastest of ten rounds, per call: what other programs on the machine take is none of our business. */
function timeFinds(ids, find) {
  const rounds = Array.from({ length: 10 }, () => {
    const from = performance.now();
    for (let turn = 0; turn < 10; turn++) for (const id of ids) find(id);
    return (performance.now() - from) / (10 * ids.length);
  });
  return Math.min(...rounds);
}

function settledMemory() {
  for (let turn = 0; turn < 4; turn++) gc();
  return process.memoryUsage();
}

function fullPause() {
  const from = performance.now();
  gc();
  return performance.now() - from;
}

function most(steps) {
  return steps.reduce((longest, { took }) => Math.max(longest, took), 0);
}

function whole(number) {
  return String(Math.round(number));
}

function micro(ms) {
  return (ms * 1_000).toFixed(2);
}

function milli(ms) {
  return ms.toFixed(2);
}
