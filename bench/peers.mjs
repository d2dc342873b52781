// The same small job in every library: read the session that the request's cookie names, and one value of its data.
// Requests and responses are light objects, so that the library is measured and not the server.
//
// Each peer has `make(data)`, which starts a session and answers its cookie; `read(exchange)`, which answers the cart;
// `visit(cookie)`, which also ends the response, for that is when some of them write; and `change(cookie, task)`, which
// gives the session to `task` and stores what it made of it.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
export const cart = [
  { lesson: "types-at-work", seats: 1 },
  { lesson: "sessions-done-right", seats: 2 },
];

/** A request and a response as light as they can be for code written for Node. */
export function lightExchange(cookie) {
  const headers = new Map();
  const request = { method: "GET", url: "/", headers: cookie ? { cookie } : {}, connection: {}, socket: {} };
  const response = {
    headersSent: false,
    statusCode: 200,
    getHeader: (name) => headers.get(name.toLowerCase()),
    setHeader(name, value) {
      headers.set(name.toLowerCase(), value);
      return response;
    },
    removeHeader: (name) => headers.delete(name.toLowerCase()),
    writeHead: () => response,
    write: () => true,
    end() {
      response.whenEnded?.();
      return response;
    },
    _implicitHeader: () => response.writeHead(200),
    on: () => response,
    once: () => response,
    socket: {},
  };
  return { request, response };
}

const cookieOf = (response) =>
  [response.getHeader("set-cookie")]
    .flat()
    .map((line) => line.split(";")[0])
    .join("; ");

/** Ends the response, when the library has done what it does then. */
function ended({ response }) {
  return new Promise((resolve) => {
    response.whenEnded = resolve;
    response.end();
  });
}

function visitBy(read) {
  return async (cookie) => {
    const exchange = lightExchange(cookie);
    const value = await read(exchange);
    await ended(exchange);
    return value;
  };
}

export function expressSession(store) {
  const session = require("express-session");
  const { sign } = require("cookie-signature");
  const secret = "x".repeat(32);
  const middleware = session({ secret, resave: false, saveUninitialized: false, store });
  const open = ({ request, response }) =>
    new Promise((resolve, reject) => {
      middleware(request, response, (error) => (error ? reject(error) : resolve(request.session)));
    });
  const save = (live) =>
    new Promise((resolve, reject) => {
      live.save((error) => (error ? reject(error) : resolve()));
    });
  const read = async (exchange) => (await open(exchange)).cart;
  return {
    read,
    visit: visitBy(read),
    async make(data) {
      const live = Object.assign(await open(lightExchange()), data);
      await save(live);
      return `connect.sid=${encodeURIComponent(`s:${sign(live.id, secret)}`)}`;
    },
    async change(cookie, task) {
      const live = await open(lightExchange(cookie));
      const result = task(live);
      await save(live);
      return result;
    },
  };
}

export async function nextSession(store) {
  const { default: nextSession } = await import("next-session");
  const getSession = (nextSession.default ?? nextSession)({ store });
  const open = ({ request, response }) => getSession(request, response);
  const read = async (exchange) => (await open(exchange)).cart;
  return {
    read,
    visit: visitBy(read),
    async make(data) {
      const exchange = lightExchange();
      await Object.assign(await open(exchange), data).commit();
      return cookieOf(exchange.response);
    },
    async change(cookie, task) {
      const session = await open(lightExchange(cookie));
      const result = task(session);
      await session.commit();
      return result;
    },
  };
}

/** Its configuration is the module's, so that one at a time can be measured. */
export function nextServerSession(sessionStore) {
  const library = require("next-server-session");
  library.configure({ sessionStore });
  const load = ({ request, response }) => library.getSessionData(request, response);
  const read = async (exchange) => (await load(exchange)).cart;
  return {
    read,
    visit: visitBy(read),
    async make(data) {
      const { request, response } = lightExchange();
      await library.setSessionData(request, response, data);
      return cookieOf(response);
    },
    async change(cookie, task) {
      const exchange = lightExchange(cookie);
      const before = await load(exchange);
      const session = { ...before };
      const result = task(session);
      const edited = Object.entries(session).filter(([key, value]) => before[key] !== value);
      await library.setSessionData(exchange.request, exchange.response, Object.fromEntries(edited));
      return result;
    },
  };
}

/** Lucia keeps no data of the application: what is read is the user, by a second query. */
async function luciaOn(adapter) {
  const { Lucia } = await import("lucia");
  const lucia = new Lucia(adapter);
  const read = async ({ request }) =>
    (await lucia.validateSession(lucia.readSessionCookie(request.headers.cookie ?? "") ?? "")).user;
  return {
    read,
    visit: (cookie) => read(lightExchange(cookie)),
    make: async () => `${lucia.sessionCookieName}=${(await lucia.createSession("u1", {})).id}`,
  };
}

const luciaNames = { user: "lucia_user", session: "lucia_session" };

export async function luciaSqlite(database) {
  const { BetterSqlite3Adapter } = await import("@lucia-auth/adapter-sqlite");
  database.exec("CREATE TABLE lucia_user (id TEXT PRIMARY KEY)");
  database.exec("CREATE TABLE lucia_session (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, user_id TEXT NOT NULL)");
  database.prepare("INSERT INTO lucia_user (id) VALUES (?)").run("u1");
  return luciaOn(new BetterSqlite3Adapter(database, luciaNames));
}

export async function luciaPostgres(pool) {
  const { NodePostgresAdapter } = await import("@lucia-auth/adapter-postgresql");
  await pool.query("CREATE TABLE lucia_user (id TEXT PRIMARY KEY)");
  await pool.query(
    "CREATE TABLE lucia_session (id TEXT PRIMARY KEY, expires_at TIMESTAMPTZ NOT NULL, user_id TEXT NOT NULL REFERENCES lucia_user (id))",
  );
  await pool.query("INSERT INTO lucia_user (id) VALUES ('u1')");
  return luciaOn(new NodePostgresAdapter(pool, luciaNames));
}

export async function ironSession() {
  const { getIronSession } = await import("iron-session");
  const options = { password: "x".repeat(32), cookieName: "iron" };
  const open = ({ request, response }) => getIronSession(request, response, options);
  return {
    read: async (exchange) => (await open(exchange)).cart,
    async make(data) {
      const exchange = lightExchange();
      await Object.assign(await open(exchange), data).save();
      return cookieOf(exchange.response);
    },
  };
}
