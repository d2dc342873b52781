// An application as users write it, in a process of its own: a server of Node.js with sessions over the store that it is
// told. It lives through every outage; nobody starts it again.
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { importBuilt } from "../races/library.mjs";
import { breakStore } from "./broken.mjs";
import { watchStore } from "./watched-store.mjs";

const { broken, ...orders } = JSON.parse(process.argv[2]);
const { dist, module, url, connections, pendingLimit } = orders;
const anHour = 3_600_000;
const timeLimit = broken === "noTimeLimit" ? anHour : orders.timeLimit;
const { createSessions } = await importBuilt(dist, "index.js");
const { withSession } = await importBuilt(dist, "adapters/node.js");
const { openStore } = await import(pathToFileURL(module).href);

const { store } = await openStore({ dist, url, connections, timeLimit, broken });
const { watched, seen } = watchStore(store);
const sessions = createSessions({
  store: breakStore(broken, watched),
  storeTimeLimit: timeLimit,
  ...(pendingLimit && { storePendingLimit: pendingLimit }),
  origins: ["http://localhost"],
  keep: ["tag", "counter", "slot0", "slot1", "slot2", "slot3"],
});

/** How many of the last increments a counter names. */
const remembered = 64;

const deeds = {
  "GET /": () => undefined,
  "POST /begin": (session, { tag }) => session.set({ tag }),
  "POST /count": (session, { op }) =>
    session.update("counter", ({ count = 0, ops = [] } = {}) => ({
      count: count + 1,
      ops: [...ops, op].slice(-remembered),
    })),
  "POST /set": (session, { slot, value }) => session.set({ [slot]: Number(value) }),
  "POST /rotate": (session) => session.rotate(),
  "POST /sign-in": (session, { user }) => session.signIn(user),
  "POST /sign-out": (session) => session.signOut(),
};

const answer = withSession(sessions, async (request, response, session) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  await deeds[`${request.method} ${pathname}`](session, Object.fromEntries(searchParams));
  const { id, userId, data } = session;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ id, userId, data }));
});

/** What many applications do with an error: they send the visitor away. */
function clearOnFailure(response) {
  const { writeHead } = response;
  response.writeHead = (status, ...rest) => {
    if (status === 503) response.setHeader("set-cookie", "session=; Path=/; Max-Age=0");
    return writeHead.call(response, status, ...rest);
  };
}

// Whatever a client throws outside of a call ends the process, as it would end anybody's.
const server = createServer((request, response) => {
  if (broken === "clearsCookie") clearOnFailure(response);
  return answer(request, response);
});
// Longer than any visitor waits: a connection that the server closes looks like a request without an answer.
server.keepAliveTimeout = anHour;
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));

process.on("message", ({ number, question }) => {
  const { pending, mostPending, issued } = seen;
  if (question === "reset") seen.mostPending = pending;
  const result = question === "issued" ? [...issued] : { pending, mostPending, memory: process.memoryUsage().rss };
  process.send({ number, result });
});
process.on("disconnect", () => process.exit());
