// A real HTTP server that tells what it takes a request for. It runs in a process of its own, which a fuzzed header may
// end without ending the test.
import { createServer } from "node:http";
import { importBuilt } from "../races/library.mjs";

const [, , dist, careless] = process.argv;
const { createSessions, memoryStore } = await importBuilt(dist, "index.js");
const { withSession } = await importBuilt(dist, "adapters/node.js");

const store = memoryStore();
const calls = { find: 0 };
const counted = {
  ...store,
  find(ids, now) {
    calls.find += 1;
    return store.find(ids, now);
  },
};
const sessions = createSessions({ store: counted, origins: ["https://shop.example"] });

const answer = withSession(sessions, (_, response, session) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ id: session.id, userId: session.userId }));
});

/** The negative control: names are folded and trimmed before they are compared, as some parsers do. */
function answerCarelessly(request, response) {
  request.headers.cookie = request.headers.cookie?.replace(/[\s\x80-\xa0]*__host-session\s*=/gi, "__Host-session=");
  return answer(request, response);
}

const server = createServer({ maxHeaderSize: 65_536 }, careless ? answerCarelessly : answer);

const jobs = {
  /** Makes a session and answers its token. */
  create: async () => {
    const { token, session } = await sessions.create({ userId: "victim" });
    return { token, id: session.id };
  },
  finds: () => calls.find,
};

server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("message", async ({ job }) => process.send({ result: await jobs[job]() }));
process.on("disconnect", () => process.exit());
