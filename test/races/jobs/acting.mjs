import { wordsOf } from "../findings.mjs";
import { collectDeferred } from "./deferred.mjs";

const twoHours = 7_200_000;

/** What an actor does in its one request, once it has its session. */
const deeds = {
  read: () => undefined,
  touch: () => undefined,
  set: (session) => session.set({ note: "late" }),
  update: (session, { actor }) => session.update("cart", (cart = []) => [...cart, actor]),
  replace: (session) => session.replace({ note: "late" }),
  pluck: (session) => session.pluck("flash").then(() => undefined),
  rotate: (session) => session.rotate(),
  signIn: (session, { userId }) => session.signIn(userId),
  destroy: (session) => session.destroy(),
  signOut: (session) => session.signOut(),
};

/** What a manager does without a session at hand. */
const managerDeeds = {
  revoke: (sessions, { id }) => sessions.revoke(id),
  revokeUser: (sessions, { userId }) => sessions.revokeUser(userId),
};

/** Makes one request as a process of its own would, waiting at a gate before every store call and before every answer. */
export async function act({ whole, distort, makeSessions, waitAtGate }, request) {
  const { actor, deed } = request;
  const tasks = [];
  const late = deed === "touch" ? twoHours : 0;
  const runtime = { now: () => Date.now() + late, after: collectDeferred(tasks) };
  const store = await distort(behindGates(whole, (call) => waitAtGate(actor, call)));
  const sessions = makeSessions({ store, runtime, storeTimeLimit: "1h", keep: ["cart"] });
  try {
    return await doDeed(sessions, request, tasks);
  } catch (error) {
    return error.code?.startsWith("SESSION_") ? { outcome: "refused" } : { outcome: "failed", error: wordsOf(error) };
  }
}

/** What the tokens open: for each the id, the user and the data of its session, or `null`; and whether the row is there. */
export async function look({ store, exact }, { tokens, id }) {
  const found = await Promise.all(tokens.map((token) => exact.validate(token)));
  const [row] = await store.find([id], Date.now());
  return { sessions: found.map((session) => session && shown(session)), row: row !== null };
}

/** The visitor who has just signed in writes something that nobody else may see. */
export async function writeSecret({ sessions }, { token }) {
  const session = await sessions.validate(token);
  await session?.set({ secret: 1 });
}

async function doDeed(sessions, request, tasks) {
  const { deed, token } = request;
  if (managerDeeds[deed]) {
    await managerDeeds[deed](sessions, request);
    return { outcome: "done" };
  }
  const session = await sessions.validate(token);
  if (!session) return { outcome: "none" };
  const issued = await settle(deeds[deed](session, request), session);
  await Promise.all(tasks.map((task) => task()));
  return issued;
}

// What the request sees of its session counts whether or not its change was accepted.
async function settle(change, session) {
  try {
    const token = await change;
    return { outcome: "done", token, seen: shown(session) };
  } catch (error) {
    if (!error.code?.startsWith("SESSION_")) throw error;
    return { outcome: "refused", seen: shown(session) };
  }
}

function shown({ id, userId, data }) {
  return { id, userId, data: { ...data } };
}

function behindGates(store, wait) {
  const held = async (call, proceed) => {
    await wait(`${call} starts`);
    const answer = await proceed();
    await wait(`${call} answers`);
    return answer;
  };
  return {
    ...store,
    find: (ids, now) => held("find", () => store.find(ids, now)),
    update: (id, change, now) => held("update", () => store.update(id, change, now)),
    destroy: (id, generation) => held("destroy", () => store.destroy(id, generation)),
    create: (record) => held("create", () => store.create(record)),
    byUser: {
      ...store.byUser,
      destroy: (userId, except) => held("byUser", () => store.byUser.destroy(userId, except)),
      destroyOne: (userId, id) => held("destroyOne", () => store.byUser.destroyOne(userId, id)),
    },
  };
}
