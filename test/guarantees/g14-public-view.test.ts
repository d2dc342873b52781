import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSessions, defineExtension, memoryStore } from "../../src/index.ts";
import { parseToken } from "../../src/token/token.ts";

// What an application's callback may do to show "all of it". Each is handed the session, or the context of an extension.
const spreaders: Readonly<Record<string, (given: object) => unknown>> = {
  spread: (given) => ({ ...given }),
  "own properties": (given) => Object.getOwnPropertyDescriptors(given),
  "everything that can be read": (given) => Object.fromEntries(readAll(given)),
  "a JSON round trip": (given) => JSON.parse(JSON.stringify(given)),
  "what printing shows": (given) => inspect(given, { depth: 10, showHidden: true }),
  "the prototypes": (given) => chainOf(given).map((each) => Object.getOwnPropertyNames(each)),
  "the data": (given) => ({ ...(given as { data?: object }).data }),
  itself: (given) => given,
};

function chainOf(given: object): object[] {
  const above = Object.getPrototypeOf(given);
  return above === null || above === Object.prototype ? [given] : [given, ...chainOf(above)];
}

function readAll(given: object): [string, unknown][] {
  const names = new Set(chainOf(given).flatMap((each) => Object.getOwnPropertyNames(each)));
  names.delete("show"); // the extension that is being shown would wait for itself
  return [...names].flatMap((name) => {
    const value: unknown = Reflect.get(given, name);
    return typeof value === "function" || typeof value === "object"
      ? [[name, inspect(value, { depth: 10 })]]
      : [[name, value]];
  });
}

const chosen = fc.array(fc.constantFrom(...Object.keys(spreaders)), { minLength: 1, maxLength: 4 });

function shown(names: readonly string[], given: object): object {
  return Object.fromEntries(names.map((name) => [name, spreaders[name]?.(given)]));
}

describe("R-A3 G14 whatever a callback spreads into the public view", () => {
  it("no token, digest or store internal reaches the browser", async () => {
    await fc.assert(
      fc.asyncProperty(chosen, chosen, chosen, async (inView, inExtension, ofContext) => {
        const store = memoryStore();
        let contexts: object[] = [];
        const show = defineExtension({
          name: "show",
          resolve: (session, context) => {
            contexts = [session, context];
            return { session, context };
          },
          publicView: ({ context }, session) => ({ a: shown(inExtension, session), b: shown(ofContext, context) }),
        });
        const sessions = createSessions({
          store,
          origins: ["https://shop.example"],
          user: (id) => ({ id, name: "Ada" }),
          extend: { show },
          publicView: (session) => shown(inView, session),
        });
        const { token, session } = await sessions.create({ userId: "u1", data: { cart: ["a"] } });
        const rotated = (await session.rotate()) ?? "";
        const [record] = await store.find([session.id ?? ""], Date.now());
        if (!record || !("digest" in record)) throw new Error("the record is gone");
        const response = await sessions.handler(
          new Request("https://shop.example/api/session", { headers: { cookie: `__Host-session=${rotated}` } }),
        );
        const body = await response.text();
        expect(response.status).toBe(200);
        expect(contexts).toHaveLength(2);
        const secrets = [token, rotated].flatMap((each) => [each, parseToken("session", each)?.secret ?? each]);
        for (const hidden of [...secrets, record.digest, record.previousDigest ?? "no digest before"])
          expect(body).not.toContain(hidden);
        expect(body).not.toMatch(/digest|generation|previous/i);
      }),
      { numRuns: 200, seed: 20_261_128 },
    );
  });
});
