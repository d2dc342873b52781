import { expect, vi } from "vitest";
import { add, cart, type Journeys } from "./journey.ts";
import type { Reply } from "./site.ts";

function expectUnavailable({ status, headers, lines }: Reply): void {
  expect({ status, retryAfter: headers.get("retry-after"), lines }).toEqual({
    status: 503,
    retryAfter: "2",
    lines: [],
  });
}

export const faultJourneys: Journeys = {
  "F4 a store that does not answer is a 503, the cookie stays, and all is well when it is back": async (
    { faults },
    visitor,
  ) => {
    await visitor.request((session) => session.signIn("ann"));
    const token = visitor.token;
    faults.fail("find", "refuse");
    expectUnavailable(await visitor.request());
    expect(visitor.token).toBe(token);
    faults.heal();
    expect((await visitor.request()).value).toBe("ann");
  },
  "F4 strangers are served while the store is away": async ({ faults }, visitor) => {
    faults.fail("find", "refuse");
    const { status, value } = await visitor.request();
    expect([status, value]).toEqual([200, null]);
  },
  "F5 a first write that was not acknowledged sets no cookie": async ({ faults }, visitor) => {
    faults.fail("create", "refuse");
    expectUnavailable(await visitor.request(add("apple")));
    expect(visitor.token).toBeUndefined();
  },
  "F5 a sign-in that was not acknowledged sets no cookie, and the session is what it was": async (
    { faults },
    visitor,
  ) => {
    await visitor.request(add("apple"));
    faults.fail("update", "refuse");
    expectUnavailable(await visitor.request((session) => session.signIn("ann")));
    faults.heal();
    expect((await visitor.request((session) => [session.userId, session.data.cart])).value).toEqual([null, ["apple"]]);
  },
  "L9 a sign-out that cannot be confirmed fails and keeps the cookie, to be tried again": async (
    { faults },
    visitor,
  ) => {
    await visitor.request((session) => session.signIn("ann"));
    faults.fail("destroy", "refuse");
    expectUnavailable(await visitor.request((session) => session.destroy()));
    faults.heal();
    expect((await visitor.request()).value).toBe("ann");
    expect((await visitor.request((session) => session.destroy())).status).toBe(200);
    expect(visitor.token).toBeUndefined();
  },
  "G8 a sign-in whose answer was lost is confirmed by the second try": async ({ faults }, visitor) => {
    await visitor.request(add("apple"));
    faults.fail("update", "lose", { times: 1 });
    expect((await visitor.request((session) => session.signIn("ann"))).lines).toHaveLength(1);
    expect((await visitor.request((session) => [session.userId, cart(session)])).value).toEqual(["ann", ["apple"]]);
  },
  "F12 a mistake of the application is a 500, and the next request is served": async (_, visitor) => {
    await visitor.request(add("apple"));
    const print = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { status } = await visitor.request(() => Promise.reject(new Error("mine")));
    print.mockRestore();
    expect(status).toBe(500);
    expect((await visitor.request(cart)).value).toEqual(["apple"]);
  },
  "H1 H2 every response is kept out of shared caches": async (_, visitor) => {
    for (const act of [() => null, add("apple"), cart]) {
      const { headers } = await visitor.request(act);
      expect(headers.get("cache-control")).toBe("private, no-store");
      expect(headers.get("vary")?.toLowerCase()).toContain("cookie");
    }
  },
};
