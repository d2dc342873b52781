// Interleaved timing: every row is measured in every round, in another order each time, so that whatever else the machine
// does falls on all of them alike. Quote medians, and ratios within one run.

const rounds = Number(process.env.ROUNDS ?? 7);
const sliceMs = Number(process.env.SLICE_MS ?? 120);

/**
 * Measures rows of `{ name, run }`, where `run` does one operation; answers microseconds per operation as
 * `Map<name, { median, min, max }>`.
 */
export async function measure(rows) {
  const times = new Map(rows.map(({ name }) => [name, []]));
  for (const row of rows) await slice(row, sliceMs * 2); // warm-up
  for (let round = 0; round < rounds; round++) {
    for (const row of shuffled(rows)) times.get(row.name).push(await slice(row, sliceMs));
  }
  return new Map([...times].map(([name, all]) => [name, summary(all)]));
}

async function slice({ run }, ms) {
  const end = performance.now() + ms;
  const start = process.hrtime.bigint();
  let count = 0;
  while (performance.now() < end) {
    for (let step = 0; step < 200; step++) {
      const result = run(count++);
      if (typeof result?.then === "function") await result;
    }
  }
  return Number(process.hrtime.bigint() - start) / 1_000 / count;
}

export function shuffled(rows) {
  const left = [...rows];
  return rows.map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0]);
}

export function summary(all) {
  const sorted = [...all].sort((one, other) => one - other);
  return { median: sorted[sorted.length >> 1], min: sorted[0], max: sorted.at(-1) };
}

/** Prints rows with their ratio to the first one. */
export function print(title, results, { against, unit = "µs" } = {}) {
  const base = results.get(against ?? [...results.keys()][0]).median;
  console.log(`\n## ${title}\n`);
  console.log(`| | ${unit} (min–max) | × ${against ?? [...results.keys()][0]} |\n|---|---|---|`);
  for (const [name, { median, min, max }] of results) {
    console.log(`| ${name} | ${digits(median)} (${digits(min)}–${digits(max)}) | ${digits(median / base)} |`);
  }
}

export const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** A table in Markdown, with its columns lined up: the first to the left, the others to the right. */
export function table(head, rows) {
  const lines = [head, ...rows].map((cells) => cells.map(String));
  const widths = head.map((_, at) => Math.max(...lines.map((cells) => cells[at].length), 3));
  const line = (cells) =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[at]))).join(" | ")} |`;
  const rule = widths.map((width, at) => (at === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(lines[0]), line(rule), ...lines.slice(1).map(line)].join("\n");
}

/** A median with the smallest and the largest. */
export const spread = ({ median, min, max }, write) => `${write(median)} (${write(min)}–${write(max)})`;

export const count = (value) => Math.round(value).toLocaleString("en");
