// What it costs to decide by a snapshot, beside the least that any signed copy must cost: one HMAC and one JSON.parse.

import { createHmac, timingSafeEqual } from "node:crypto";
import { withSession } from "../dist/adapters/web.js";
import { createSessions, memoryStore } from "../dist/index.js";
import { readSnapshot } from "../dist/snapshot/index.js";
import { measure, print } from "./measure.mjs";

const secret = "0123456789abcdef0123456789abcdef";
const origins = ["https://shop.example"];
const runtime = { now: () => 1_767_225_600_000 }; // the snapshots of a run must not end during it
const options = { store: memoryStore(), origins, secrets: [secret], snapshot: { maxStale: "30s" } };
const sessions = createSessions({ ...options, runtime });
const serve = withSession(sessions, async (_, session) => {
  await session.signIn("u1");
  return new Response("ok");
});
const signedIn = await serve(new Request("https://shop.example/", { headers: { "sec-fetch-site": "same-origin" } }));
const cookie = signedIn.headers
  .getSetCookie()
  .map((line) => line.slice(0, line.indexOf(";")))
  .join("; ");
const request = new Request("https://shop.example/", { headers: { cookie } });

const [, text] = /-snapshot=ccc_([^;]*)/.exec(cookie);
const [payload] = text.split(".");
const token = /session=([^;]*)/.exec(cookie)[1];
const key = Buffer.alloc(32, 7);
const expected = createHmac("sha256", key).update(`${payload}.${token}`).digest("base64url");
const json = Buffer.from(payload, "base64url").toString();

const rows = [
  {
    name: "one HMAC and one JSON.parse",
    async run() {
      const made = createHmac("sha256", key).update(`${payload}.${token}`).digest("base64url");
      if (!timingSafeEqual(Buffer.from(made), Buffer.from(expected))) throw new Error("It is another one.");
      return JSON.parse(json);
    },
  },
  {
    name: "readSnapshot",
    async run() {
      if (!(await readSnapshot(request, { secrets: [secret], runtime }))) throw new Error("There is no snapshot.");
    },
  },
];

print("Deciding by a snapshot", await measure(rows));
