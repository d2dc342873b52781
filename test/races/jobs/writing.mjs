import { Findings, wordsOf } from "../findings.mjs";

/** Makes a session and answers its token. */
export async function create({ sessions }, options) {
  const { token, session } = await sessions.create(options);
  return { token, id: session.id };
}

/** Reads the data of a session, or `null` where there is none. */
export async function readData({ exact }, { token }) {
  return (await exact.validate(token))?.data ?? null;
}

/** Every writer writes its own key again and again, each time in a new request, which must see what was written before. */
export function writeOwnKeys(context, { token, keys, times }) {
  return byWriters(keys, times, async (key, time, findings) => {
    const session = await context.sessions.validate(token);
    const before = session?.data[key] ?? 0;
    findings.check(before === time - 1, () => `${key} was ${before} after ${time - 1} was acknowledged`);
    await session.set({ [key]: time });
  });
}

/** Every writer increments the same key, each time in a new request. */
export function increment({ sessions }, { token, key, writers, times }) {
  return byWriters(Array.from({ length: writers }), times, async () => {
    const session = await sessions.validate(token);
    await session.update(key, (count = 0) => count + 1);
  });
}

/** Begins requests that will write later, all at once. */
export async function beginRequests({ sessions, kept }, { token, count }) {
  kept.set(token, await Promise.all(Array.from({ length: count }, () => sessions.validate(token))));
}

/** Lets the requests that were begun set a key each. */
export function setInRequests({ kept }, { token, first }) {
  return inRequests(kept.get(token), (session, index) => session.set({ [`key${first + index}`]: first + index }));
}

/** Lets the requests that were begun increment one key. */
export function incrementInRequests({ kept }, { token }) {
  return inRequests(kept.get(token), (session) => session.update("count", (count = 0) => count + 1));
}

// Every request comes in a turn of its own, as from a socket: a loop over a store that answers at once would let nothing
// else of its process run.
const anotherTurn = () => new Promise((resolve) => setImmediate(resolve));

async function byWriters(writers, times, writeOnce) {
  const findings = new Findings();
  const run = async (writer) => {
    for (let time = 1; time <= times; time++) {
      await anotherTurn();
      await writeOnce(writer, time, findings);
      findings.reached += 1;
    }
  };
  await Promise.all(writers.map((writer) => run(writer).catch((error) => findings.fail(wordsOf(error)))));
  return findings.report();
}

async function inRequests(requests, write) {
  const findings = new Findings();
  const outcomes = await Promise.allSettled(requests.map(write));
  for (const { status, reason } of outcomes) {
    if (status === "fulfilled") findings.reached += 1;
    else findings.fail(wordsOf(reason));
  }
  return findings.report();
}
