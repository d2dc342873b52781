// Operations of many loops at once, each starting the next when the last is done. As in measure.mjs, every row takes its
// turn in every round, in another order each time. Time on the event loop and on the processor is what one process can do
// no more of; throughput on one machine is also what the database beside it leaves.
import { performance } from "node:perf_hooks";
import { shuffled, summary } from "./measure.mjs";

const rounds = Number(process.env.ROUNDS ?? 7);
const sliceMs = Number(process.env.SLICE_MS ?? 300);

/**
 * Measures rows of `{ name, run }`, where `run(step)` does one operation, by so many loops at once.
 *
 * @param counter `{ calls, writes }` of the clients that the rows use.
 * @returns `Map<name, { rate, latency, p99, loop, cpu, calls, writes }>`: operations per second, µs that one takes, µs of
 *   event loop and of processor for each, store calls and store writes for each; each `{ median, min, max }`.
 */
export async function load(rows, loops, counter) {
  const slices = new Map(rows.map(({ name }) => [name, []]));
  for (const row of rows) await slice(row, loops, counter, sliceMs * 3); // warm-up
  for (let round = 0; round < rounds; round++) {
    for (const row of shuffled(rows)) slices.get(row.name).push(await slice(row, loops, counter, sliceMs));
  }
  return new Map([...slices].map(([name, all]) => [name, summaries(all)]));
}

async function slice({ run }, loops, counter, ms) {
  const times = [];
  const before = { ...counter, cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() };
  const start = performance.now();
  const end = start + ms;
  const goOn = async () => {
    for (let from = start; from < end; ) {
      await run(step++);
      const to = performance.now();
      times.push(to - from);
      from = to;
    }
  };
  await Promise.all(Array.from({ length: loops }, goOn));
  const took = performance.now() - start;
  const { user, system } = process.cpuUsage(before.cpu);
  const { active } = performance.eventLoopUtilization(before.loop);
  times.sort((one, other) => one - other);
  return {
    rate: (times.length / took) * 1_000,
    latency: (took / times.length) * loops * 1_000,
    p99: times[Math.floor(times.length * 0.99)] * 1_000,
    loop: (active / times.length) * 1_000,
    cpu: (user + system) / times.length,
    calls: (counter.calls - before.calls) / times.length,
    writes: (counter.writes - before.writes) / times.length,
  };
}

let step = 0;

function summaries(slices) {
  return Object.fromEntries(Object.keys(slices[0]).map((key) => [key, summary(slices.map((slice) => slice[key]))]));
}
