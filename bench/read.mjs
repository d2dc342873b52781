// Reading a valid session from a request's cookie; a visitor without one; a malformed one.
import { hash } from "node:crypto";
import Database from "libsql";
import { withSession } from "../dist/adapters/node.js";
import { cookieValues } from "../dist/cookie/parse.js";
import { createSessions, memoryStore } from "../dist/index.js";
import { sqliteStore } from "../dist/stores/sqlite.js";
import { countingStore } from "../dist/testing/index.js";
import { measure, print } from "./measure.mjs";
import {
  cart,
  expressSession,
  ironSession,
  lightExchange,
  luciaSqlite,
  nextServerSession,
  nextSession,
} from "./peers.mjs";

const many = 1_000;
const name = "__Host-session";
const data = { cart, step: 2, theme: "dark" };

/** The header of one visitor among many, so that nothing is warmer than it is in life. */
async function headersOf(sessions) {
  const made = await Promise.all(
    Array.from({ length: many }, (_, index) => sessions.create({ userId: `u${index}`, data })),
  );
  return made.map(({ token }) => `theme=dark; ${name}=${token}; _ga=GA1.2.3`);
}

/** What the machine allows: the cookie's secret hashed, the record found in a Map and parsed. */
function limit(headers) {
  const map = new Map();
  for (const [index, header] of headers.entries()) {
    const secret = cookieValues(header, name)[0].slice(27);
    const record = {
      id: header.slice(20, 42),
      userId: `u${index}`,
      data,
      createdAt: Date.now(),
      idleExpiresAt: Date.now(),
      expiresAt: Date.now(),
      generation: 0,
      version: 1,
    };
    map.set(hash("sha256", secret, "base64url"), JSON.stringify(record));
  }
  return async (header) =>
    JSON.parse(map.get(hash("sha256", cookieValues(header, name)[0].slice(27), "base64url"))).data.cart;
}

function coreRead(sessions) {
  return async (header) => {
    const [token] = cookieValues(header, name);
    const session = token ? await sessions.validate(token) : null;
    return session?.data.cart;
  };
}

function nodeRead(sessions) {
  const handler = withSession(sessions, (_request, _response, session) => session.data.cart);
  return (header) => {
    const { request, response } = lightExchange(header);
    return handler(request, response);
  };
}

const options = { origins: ["https://shop.example"] };
const memory = createSessions({ store: memoryStore(), ...options });
const inMemory = await headersOf(memory);
const pick = (headers) => (step) => headers[step % many];
const rows = (headers, readers) =>
  Object.entries(readers).map(([label, read]) => ({ name: label, run: (step) => read(pick(headers)(step)) }));

const peers = {
  "express-session": expressSession(),
  "next-session": await nextSession(),
  "next-server-session": nextServerSession(),
  "iron-session (sealed cookie)": await ironSession(),
};
const peerRows = await Promise.all(
  Object.entries(peers).map(async ([label, { make, read }]) => {
    const cookie = await make({ cart });
    return { name: label, run: () => read(lightExchange(cookie)) };
  }),
);
print(
  "Read a valid session, memory",
  await measure([
    ...rows(inMemory, {
      "SHA-256 + Map + JSON.parse": limit(inMemory),
      "coatcheck validate": coreRead(memory),
      "coatcheck/node withSession": nodeRead(memory),
    }),
    ...peerRows,
  ]),
);

const file = process.argv[2] ?? ":memory:";
const database = new Database(file);
const stored = createSessions({ store: sqliteStore(database), ...options });
const inSqlite = await headersOf(stored);
const get = database.prepare("SELECT * FROM coatcheck_sessions WHERE id = ?");
const lucia = await luciaSqlite(new Database(":memory:"));
const luciaCookie = await lucia.make();
print(
  "Read a valid session, SQLite (libsql)",
  await measure([
    ...rows(inSqlite, {
      "raw get by primary key": async (header) => get.get(cookieValues(header, name)[0].slice(4, 26)),
      "coatcheck validate": coreRead(stored),
      "coatcheck/node withSession": nodeRead(stored),
    }),
    { name: "lucia (two queries)", run: () => lucia.visit(luciaCookie) },
  ]),
);

const counted = countingStore(memoryStore());
const quiet = createSessions({ store: counted, ...options });
const visit = (header) => coreRead(quiet)(header);
const wrong = `${name}=ccs_${"A".repeat(22)}.${"A".repeat(42)}B`;
print(
  "No cookie, and a cookie of the wrong shape",
  await measure([
    { name: "an empty async function", run: async () => undefined },
    { name: "coatcheck, no cookie", run: () => visit("theme=dark; _ga=GA1.2.3") },
    { name: "coatcheck, wrong shape", run: () => visit(wrong) },
    ...Object.entries(peers).map(([label, { read }]) => ({
      name: `${label}, no cookie`,
      run: () => read(lightExchange()),
    })),
  ]),
);
console.log(`\nStore calls for all of these: ${counted.total()}.`);

process.exit(); // one of the peers keeps a timer running
