// The same thousand visitors for every row: tokens of ours, the records that a raw read finds, and what reading one is.
import { createHash, hash, randomBytes } from "node:crypto";
import { createSessions } from "../dist/index.js";
import { cart } from "./peers.mjs";

export const many = Number(process.env.SESSIONS ?? 1_000);
export const data = { cart, step: 2, theme: "dark" };
const origins = ["https://shop.example"];
const day = 86_400_000;

/** What a session layer cannot do without: `{ id, secret, json }`, a record as one JSON text with the secret's digest. */
export function rawVisitors() {
  return Array.from({ length: many }, (_, index) => {
    const id = randomBytes(16).toString("base64url");
    const secret = randomBytes(32).toString("base64url");
    const record = {
      id,
      digest: createHash("sha256").update(secret).digest("base64url"),
      userId: `u${index}`,
      data,
      createdAt: Date.now(),
      lastSeenAt: Date.now(),
      idleExpiresAt: Date.now() + 7 * day,
      expiresAt: Date.now() + 30 * day,
      persistent: true,
      generation: 0,
      version: 1,
    };
    return { id, secret, json: JSON.stringify(record) };
  });
}

/** What reading a record takes: parsed, held against the secret and the clock, one value of its data. */
export function cartOf(json, secret) {
  const record = JSON.parse(json);
  const now = Date.now();
  if (record.digest !== hash("sha256", secret, "base64url") || now >= record.idleExpiresAt || now >= record.expiresAt)
    throw new Error("A visitor of the benchmark is not who it was.");
  return record.data.cart;
}

/** A row that reads raw records by `find(id)`, which answers the JSON text. */
export function rawRead(name, visitors, find) {
  const run = async (step) => {
    const { id, secret } = visitors[step % many];
    return cartOf(await find(id), secret);
  };
  return { name, run };
}

/** Collects the ids of one turn of the event loop for one `findAll(ids)`, which answers a Map of JSON texts. */
export function perTick(findAll) {
  let waiting = null;
  const send = () => {
    const batch = waiting;
    waiting = null;
    findAll([...batch.keys()]).then(
      (found) => {
        for (const [id, { resolve }] of batch) resolve(found.get(id));
      },
      (error) => {
        for (const { reject } of batch.values()) reject(error);
      },
    );
  };
  return (id) => {
    if (waiting === null) {
      waiting = new Map();
      setImmediate(send);
    }
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  };
}

/** Ours on a store: rows to read and to write with, and a session to change from many sides. */
export async function ours(name, store) {
  const sessions = createSessions({ store, origins });
  const make = async (made) => (await sessions.create({ data: made })).token;
  const tokens = await inTurn(many, () => make(data));
  return {
    read: {
      name,
      run: async (step) => cartFound((await sessions.validate(tokens[step % many]))?.data.cart),
    },
    write: {
      name,
      run: async (step) => (await sessions.validate(tokens[step % many])).set({ step }),
    },
    contended: {
      name,
      make: () => make({ count: 0 }),
      setKey: async (token, key, value) => (await sessions.validate(token)).set({ [key]: value }),
      addOne: async (token) => (await sessions.validate(token)).update("count", (count) => count + 1),
      data: async (token) => (await sessions.validate(token)).data,
    },
  };
}

/** The same rows of a peer. A peer that keeps no data of the application has only the first. */
export async function theirs(name, peer) {
  const cookies = await inTurn(many, () => peer.make(data));
  const read = { name, run: async (step) => cartFound(await peer.visit(cookies[step % many])) };
  if (!peer.change) return { read };
  const set = (cookie, key, value) =>
    peer.change(cookie, (session) => {
      session[key] = value;
    });
  return {
    read,
    write: { name, run: (step) => set(cookies[step % many], "step", step) },
    contended: {
      name,
      make: () => peer.make({ count: 0 }),
      setKey: set,
      addOne: (cookie) =>
        peer.change(cookie, (session) => {
          session.count++;
        }),
      data: (cookie) => peer.change(cookie, (session) => ({ ...session })),
    },
  };
}

function cartFound(found) {
  if (!found) throw new Error("A session of the benchmark is gone.");
  return found;
}

async function inTurn(count, task) {
  const made = [];
  for (let at = 0; at < count; at += 50)
    made.push(...(await Promise.all(Array.from({ length: Math.min(50, count - at) }, task))));
  return made;
}
