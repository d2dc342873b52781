import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/index.ts";
import { failingStore } from "../../src/testing/index.ts";
import { type World, world } from "../support/world.ts";

const secret = "a secret of at least thirty-two bytes";

function call({ sessions }: World, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  return sessions.handler(new Request("https://shop.example/api/session/sweep", { method, headers }));
}

const authorized = { authorization: `Bearer ${secret}` };

describe("the sweep action, for a scheduler", () => {
  for (const method of ["GET", "POST"]) {
    it(`${method} with the secret deletes what has expired, without a cookie or an origin`, async () => {
      const here = world({ sweepSecret: secret, timeouts: { idle: "30m" } });
      for (let each = 0; each < 3; each++) await here.sessions.create();
      here.runtime.advance("1h");
      const response = await call(here, authorized, method);
      expect([response.status, await response.json()]).toEqual([200, { swept: 3, done: true }]);
      expect(response.headers.get("cache-control")).toBe("private, no-store");
    });
  }

  it("does not exist while there is no secret", async () => {
    const here = world();
    for (const headers of [{}, authorized, { authorization: "Bearer undefined" }]) {
      expect((await call(here, headers)).status).toBe(404);
    }
    expect(here.store.counts.sweep).toBe(0);
  });

  const wrong = {
    "no header": {},
    "another secret": { authorization: `Bearer ${secret}x` },
    "a part of it": { authorization: `Bearer ${secret.slice(0, -1)}` },
    "another scheme": { authorization: `Basic ${secret}` },
    "the secret alone": { authorization: secret },
    "an empty one": { authorization: "Bearer " },
  };
  for (const [what, headers] of Object.entries(wrong)) {
    it(`answers ${what} with 401, and the store is not asked`, async () => {
      const here = world({ sweepSecret: secret });
      const response = await call(here, headers as Record<string, string>);
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      expect(here.store.counts.sweep).toBe(0);
    });
  }

  it("A signed-in visitor's cookie is no secret", async () => {
    const here = world({ sweepSecret: secret });
    const { token } = await here.sessions.create({ userId: "u1" });
    expect((await call(here, { cookie: `__Host-session=${token}`, "sec-fetch-site": "same-origin" })).status).toBe(401);
  });

  it("F4 a store that fails is a 503 to try again", async () => {
    const store = failingStore(memoryStore());
    const here = world({ store, sweepSecret: secret });
    store.fail("sweep", "refuse");
    const response = await call(here, authorized);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
  });

  it("F13 a short secret is refused at start-up", () => {
    for (const weak of ["", "short"]) {
      expect(() => world({ sweepSecret: weak })).toThrow(expect.objectContaining({ code: "CONFIG_SECRET_WEAK" }));
    }
  });
});
