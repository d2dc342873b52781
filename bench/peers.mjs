// The same small job in every library: read the session that the request's cookie names, and one value of its data.
// Requests and responses are light objects, so that the library is measured and not the server.
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
    end: () => response,
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

export async function expressSession() {
  const session = require("express-session");
  const middleware = session({ secret: "x".repeat(32), resave: false, saveUninitialized: false });
  const visit = ({ request, response }, task) =>
    new Promise((resolve, reject) => {
      middleware(request, response, (error) => {
        if (error) return reject(error);
        const result = task(request.session);
        if (request.session) request.session.save(() => resolve(result));
        else resolve(result);
      });
    });
  const read = ({ request, response }) =>
    new Promise((resolve) => middleware(request, response, () => resolve(request.session.cart)));
  const first = lightExchange();
  const { sign } = require("cookie-signature");
  let id;
  await visit(first, (live) => {
    live.cart = cart;
    id = live.id;
  });
  return { cookie: `connect.sid=${encodeURIComponent(`s:${sign(id, "x".repeat(32))}`)}`, read };
}

export async function nextSession() {
  const { default: nextSession } = await import("next-session");
  const getSession = (nextSession.default ?? nextSession)();
  const { request, response } = lightExchange();
  const session = await getSession(request, response);
  session.cart = cart;
  await session.commit();
  return {
    cookie: cookieOf(response),
    read: async ({ request, response }) => (await getSession(request, response)).cart,
  };
}

export async function nextServerSession() {
  const library = require("next-server-session");
  library.configure();
  const { request, response } = lightExchange();
  await library.setSessionData(request, response, { cart });
  return {
    cookie: cookieOf(response),
    read: async ({ request, response }) => (await library.getSessionData(request, response)).cart,
  };
}

export async function luciaSqlite(database) {
  const { Lucia } = await import("lucia");
  const { BetterSqlite3Adapter } = await import("@lucia-auth/adapter-sqlite");
  database.exec("CREATE TABLE user (id TEXT PRIMARY KEY)");
  database.exec("CREATE TABLE session (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, user_id TEXT NOT NULL)");
  database.prepare("INSERT INTO user (id) VALUES (?)").run("u1");
  const lucia = new Lucia(new BetterSqlite3Adapter(database, { user: "user", session: "session" }));
  const session = await lucia.createSession("u1", {});
  return {
    cookie: `${lucia.sessionCookieName}=${session.id}`,
    read: async ({ request }) =>
      (await lucia.validateSession(lucia.readSessionCookie(request.headers.cookie ?? "") ?? "")).user,
  };
}

export async function ironSession() {
  const { getIronSession } = await import("iron-session");
  const options = { password: "x".repeat(32), cookieName: "iron" };
  const { request, response } = lightExchange();
  const session = await getIronSession(request, response, options);
  session.cart = cart;
  await session.save();
  return {
    cookie: cookieOf(response),
    read: async ({ request, response }) => (await getIronSession(request, response, options)).cart,
  };
}
