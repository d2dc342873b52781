import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSessions, memoryStore } from "../../src/index.ts";
import { exchange } from "./raw.ts";
import { bridge, listen, type Running, type Sessions } from "./servers.ts";
import { cookieName } from "./site.ts";

const own = "https://shop.example";
let sessions: Sessions;
let running: Running;
let token: string;

beforeAll(async () => {
  sessions = createSessions({ store: memoryStore(), origins: [own] });
  running = await listen(bridge((request) => sessions.handler(request)));
});
beforeEach(async () => {
  ({ token } = await sessions.create({ userId: "ann" }));
});
afterAll(() => running.stop());

type Fields = Readonly<Record<string, string | undefined>>;

/** Sends a request with exactly these headers, as `fetch` would not let us. Answers its status, and whether ann is signed in. */
async function send(method: string, path: string, fields: Fields) {
  const headers = { cookie: `${cookieName}=${token}`, ...fields };
  const { status, body, cookies } = await exchange(running.origin, { method, path, headers });
  return { status, body, cookies, alive: (await sessions.validate(token)) !== null };
}

const signOut = (fields: Fields, method = "POST") => send(method, "/api/session/signout", fields);

const sites = ["same-origin", "same-site", "cross-site", "none", "unheard-of", undefined] as const;
const origins = {
  "its own origin": own,
  null: "null",
  "a sibling": "https://evil.shop.example",
  "another port": "https://shop.example:8443",
  "plain http": "http://shop.example",
  "an origin that begins like ours": "https://shop.example.evil.test",
  "ours as a user name": "https://shop.example@evil.test",
  "a trailing dot": "https://shop.example.",
  "a trailing slash": "https://shop.example/",
  "no origin": undefined,
};

describe("X1 X2 X3 X8 sign-out by Sec-Fetch-Site and Origin", () => {
  for (const site of sites) {
    for (const [name, origin] of Object.entries(origins)) {
      const ours = site === undefined ? origin === own : site === "same-origin" || site === "none";
      it(`${site ?? "no site"}, ${name}: ${ours ? "done" : "refused"}`, async () => {
        const { status, alive, cookies } = await signOut({ "sec-fetch-site": site, origin });
        expect({ status, alive, cookies: cookies.length }).toEqual(
          ours ? { status: 200, alive: false, cookies: 1 } : { status: 403, alive: true, cookies: 0 },
        );
      });
    }
  }
});

describe("X1 the Referer counts where neither is there", () => {
  it.each([
    ["https://shop.example/cart?a=1", 200],
    ["https://shop.example.evil.test/", 403],
    ["https://evil.test/?https://shop.example/", 403],
    ["not an address", 403],
    ["", 403],
  ])("%s: %i", async (referer, expected) => {
    expect((await signOut({ referer })).status).toBe(expected);
  });

  it("X1 plays no part beside a foreign Origin", async () => {
    expect((await signOut({ origin: "https://evil.test", referer: `${own}/` })).status).toBe(403);
  });
});

describe("X4 the content type is no gate", () => {
  it.each([undefined, "text/plain", "APPLICATION/JSON", "multipart/form-data; boundary=x", "x/y"])(
    "%s",
    async (type) => {
      expect((await signOut({ "content-type": type, origin: "https://evil.test" })).status).toBe(403);
      expect((await signOut({ "content-type": type, origin: own })).status).toBe(200);
    },
  );
});

describe("X6 the expected origin is not taken from the request", () => {
  const forged = [
    { host: "evil.test" },
    { "x-forwarded-host": "evil.test" },
    { forwarded: "host=evil.test;proto=https" },
  ];
  it.each(forged)("%o", async (fields) => {
    expect((await signOut({ ...fields, origin: "https://evil.test" })).status).toBe(403);
    expect((await signOut({ ...fields, origin: own })).status).toBe(200);
  });
});

describe("X9 X10 only POST signs out", () => {
  it.each(["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])("%s is a 405 and changes nothing", async (method) => {
    const { status, alive } = await signOut({ origin: own }, method);
    expect({ status, alive }).toEqual({ status: 405, alive: true });
  });

  it.each(["x-http-method-override", "x-method-override", "x-http-method"])("X10 %s is ignored", async (name) => {
    const { status, alive } = await send("GET", "/api/session/signout?_method=POST", { [name]: "POST", origin: own });
    expect({ status, alive }).toEqual({ status: 405, alive: true });
  });
});

describe("the other paths", () => {
  it.each(["/", "/api/session/other", "/api/session/signout/x", "/api/sessionx", "/api/session/__proto__"])(
    "%s is a 404",
    async (path) => expect((await send("POST", path, { origin: own })).status).toBe(404),
  );

  it("X9 T10 GET shows the public view, without the token, and changes nothing", async () => {
    const { status, body, cookies, alive } = await send("GET", "/api/session", { "sec-fetch-site": "cross-site" });
    expect({ status, cookies, alive }).toEqual({ status: 200, cookies: [], alive: true });
    expect(JSON.parse(body)).toMatchObject({ userId: "ann" });
    expect(body).not.toContain(token.split(".")[1]);
  });

  it("X8 a stranger's sign-out is checked like any other, and makes nothing", async () => {
    const { status, cookies } = await send("POST", "/api/session/signout", {
      cookie: undefined,
      origin: "https://evil.test",
    });
    expect({ status, cookies }).toEqual({ status: 403, cookies: [] });
  });
});
