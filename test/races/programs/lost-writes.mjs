import { Findings } from "../findings.mjs";

const writers = 32;

/** F1, G1: each of 8 x 32 writers has a key of its own. Every acknowledged write is seen by the request after it. */
export async function distinctKeys(crew, { figure }) {
  const findings = new Findings();
  const { token } = await crew.call(0, "create", {});
  const times = Math.ceil(figure / crew.size / writers);
  const keysOf = (index) => Array.from({ length: writers }, (_, writer) => `p${index}w${writer}`);
  for (const report of await crew.everyone("writeOwnKeys", (index) => ({ token, keys: keysOf(index), times }))) {
    findings.add(report);
  }
  const data = (await crew.call(0, "readData", { token })) ?? {};
  const full = Object.values(data).filter((value) => value === times).length;
  const expected = crew.size * writers;
  findings.check(full === expected, `${full} of ${expected} keys hold ${times}`);
  return findings;
}

/** F1, G1: 8 x 32 writers increment one key. The sum is exact. */
export async function increments(crew, { figure }) {
  const findings = new Findings();
  const { token } = await crew.call(0, "create", { data: { count: 0 } });
  const times = Math.ceil(figure / crew.size / writers);
  for (const report of await crew.everyone("increment", () => ({ token, key: "count", writers, times }))) {
    findings.add(report);
  }
  const { count } = (await crew.call(0, "readData", { token })) ?? {};
  const expected = times * crew.size * writers;
  findings.check(count === expected, `the count is ${count} after ${expected} increments`);
  return findings;
}

const requests = 64;

/** F1, G1: 64 concurrent requests that read the same state set a key each, or increment one key. All 64 survive. */
export async function concurrentRequests(crew, { figure }) {
  const findings = new Findings();
  for (let round = 0; round < figure; round++) {
    await crew.call(round, "create", {}).then(({ token }) => setsSurvive(crew, token, findings));
    await crew.call(round, "create", {}).then(({ token }) => incrementsSurvive(crew, token, findings));
    findings.reached += 1;
  }
  return findings;
}

async function setsSurvive(crew, token, findings) {
  const share = requests / crew.size;
  await crew.everyone("beginRequests", () => ({ token, count: share }));
  const reports = await crew.everyone("setInRequests", (index) => ({ token, first: index * share }));
  for (const report of reports) findings.add({ ...report, reached: 0 });
  const data = (await crew.call(0, "readData", { token })) ?? {};
  const survived = Object.keys(data).length;
  findings.check(survived === requests, `${survived} of ${requests} keys survived`);
}

async function incrementsSurvive(crew, token, findings) {
  await crew.everyone("beginRequests", () => ({ token, count: requests / crew.size }));
  const reports = await crew.everyone("incrementInRequests", () => ({ token }));
  for (const report of reports) findings.add({ ...report, reached: 0 });
  const { count } = (await crew.call(0, "readData", { token })) ?? {};
  findings.check(count === requests, `the count is ${count} after ${requests} increments`);
}
