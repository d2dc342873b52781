// 64 requests at once on one session: each sets a key of its own; each adds one to the same key. How many survive?

import { createRequire } from "node:module";
import Database from "libsql";
import { createSessions, memoryStore } from "../dist/index.js";
import { sqliteStore } from "../dist/stores/sqlite.js";
import { lightExchange, nextServerSession } from "./peers.mjs";

const require = createRequire(import.meta.url);
const many = 64;
const each = (task) => Promise.all(Array.from({ length: many }, (_, index) => task(index)));

async function coatcheck(store) {
  const sessions = createSessions({ store, origins: ["https://shop.example"] });
  const { token } = await sessions.create({ data: { count: 0 } });
  await each(async (index) => (await sessions.validate(token)).set({ [`key${index}`]: index }));
  await each(async () => (await sessions.validate(token)).update("count", (count) => count + 1));
  const { data } = await sessions.validate(token);
  return [Object.keys(data).length - 1, data.count];
}

async function byMutation({ cookie, open }) {
  await each(async (index) =>
    open(cookie, (session) => {
      session[`key${index}`] = index;
    }),
  );
  await each(async () =>
    open(cookie, (session) => {
      session.count = (session.count ?? 0) + 1;
    }),
  );
  return open(cookie, (session) => [Object.keys(session).filter((key) => key.startsWith("key")).length, session.count]);
}

async function nextServerPeer() {
  const library = require("next-server-session");
  const { cookie } = await nextServerSession();
  await each(async (index) => {
    const { request, response } = lightExchange(cookie);
    await library.setSessionData(request, response, { [`key${index}`]: index });
  });
  await each(async () => {
    const { request, response } = lightExchange(cookie);
    const { count = 0 } = await library.getSessionData(request, response);
    await library.setSessionData(request, response, { count: count + 1 });
  });
  const { request, response } = lightExchange(cookie);
  const data = await library.getSessionData(request, response);
  return [Object.keys(data).filter((key) => key.startsWith("key")).length, data.count];
}

async function nextSessionResult() {
  const module = await import("next-session");
  const getSession = (module.default.default ?? module.default)();
  const first = lightExchange();
  const made = await getSession(first.request, first.response);
  made.count = 0;
  await made.commit();
  const cookie = [first.response.getHeader("set-cookie")].flat()[0].split(";")[0];
  const open = async (header, task) => {
    const { request, response } = lightExchange(header);
    const session = await getSession(request, response);
    await null;
    const result = task(session);
    await session.commit();
    return result;
  };
  return byMutation({ cookie, open });
}

async function expressResult() {
  const session = require("express-session");
  const { sign } = require("cookie-signature");
  const middleware = session({ secret: "x".repeat(32), resave: false, saveUninitialized: false });
  const open = (cookie, task) =>
    new Promise((resolve) => {
      const { request, response } = lightExchange(cookie);
      middleware(request, response, () =>
        setImmediate(() => {
          const result = task(request.session);
          request.session.save(() => resolve(result));
        }),
      );
    });
  let id;
  await open(undefined, (live) => {
    live.count = 0;
    id = live.id;
  });
  return byMutation({ cookie: `connect.sid=${encodeURIComponent(`s:${sign(id, "x".repeat(32))}`)}`, open });
}

const results = {
  "coatcheck, memory": await coatcheck(memoryStore()),
  "coatcheck, SQLite": await coatcheck(sqliteStore(new Database(":memory:"))),
  "express-session, memory": await expressResult(),
  "next-session, memory": await nextSessionResult(),
  "next-server-session, memory": await nextServerPeer(),
};
console.log(
  `\n## Survivors of ${many} concurrent requests on one session\n\n| | different keys | one counter |\n|---|---|---|`,
);
for (const [name, [keys, count]] of Object.entries(results)) console.log(`| ${name} | ${keys} | ${count} |`);

process.exit(); // one of the peers keeps a timer running
