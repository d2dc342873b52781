import { describe, expect, it } from "vitest";
import { withSession } from "../../src/adapters/web.ts";
import { isSessionError, memoryStore } from "../../src/index.ts";
import { type FailingStore, failingStore, type StoreCall, type StoreFault } from "../../src/testing/index.ts";
import { type World, world } from "../support/world.ts";

/** Waits for a promise while time goes by, so that time limits are reached. */
async function overTime<Result>(here: World, promise: Promise<Result>): Promise<Result> {
  let over = false;
  const done = () => {
    over = true;
  };
  promise.then(done, done);
  for (let step = 0; step < 100 && !over; step++) {
    here.runtime.advance("1s");
    await here.runtime.settle();
  }
  return promise;
}

async function signedIn(): Promise<{ here: World; store: FailingStore; token: string; cookie: string }> {
  const store = failingStore(memoryStore());
  const here = world({ store });
  const { token } = await here.sessions.create({ userId: "u1", data: { count: 1 } });
  return { here, store, token, cookie: `__Host-session=${token}` };
}

const faults: StoreFault[] = ["refuse", "hang", "lose"];

describe("G8 R-A6 an outage is not a sign-out", () => {
  for (const fault of faults) {
    it(`F4 a read that meets "${fault}" is STORE_UNAVAILABLE, never anonymous`, async () => {
      const { here, store, token } = await signedIn();
      store.fail("find", fault);
      await expect(overTime(here, here.sessions.validate(token))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      store.heal();
      expect((await here.sessions.validate(token))?.userId).toBe("u1");
    });

    it(`F5 a first write that meets "${fault}" sets no cookie`, async () => {
      const { here, store } = await signedIn();
      store.fail("create", fault);
      const handler = withSession(here.sessions, async (_request, session) => {
        await session.set({ a: 1 });
        return new Response("stored");
      });
      const response = await overTime(here, handler(new Request("https://shop.example/")));
      expect(response.status).toBe(503);
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(response.headers.get("retry-after")).toBe("2");
    });

    it(`L9 a sign-out that meets "${fault}" fails and leaves the cookie`, async () => {
      const { here, store, token, cookie } = await signedIn();
      store.fail("destroy", fault);
      const request = new Request("https://shop.example/api/session/signout", {
        method: "POST",
        headers: { cookie, "sec-fetch-site": "same-origin" },
      });
      const response = await overTime(here, here.sessions.handler(request));
      expect(response.status).toBe(503);
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(await response.text()).not.toContain("signedOut");
      store.heal();
      expect((await here.sessions.validate(token)) !== null).toBe(fault !== "lose");
    });
  }

  const once: Array<{ call: StoreCall; fault: StoreFault; does: string }> = [
    { call: "update", fault: "lose", does: "done, though not answered" },
    { call: "update", fault: "hang", does: "never done" },
    { call: "update", fault: "refuse", does: "refused once" },
  ];
  for (const { call, fault, does } of once) {
    it(`tries a rotation again with the same digest: ${does}`, async () => {
      const { here, store, token } = await signedIn();
      const session = await here.sessions.validate(token);
      store.fail(call, fault, { times: 1 });
      const next = await overTime(here, session?.rotate() ?? Promise.reject());
      expect((await here.sessions.validate(next ?? ""))?.userId).toBe("u1");
    });

    it(`tries a sign-in again with the same digest: ${does}`, async () => {
      const { here, store, token } = await signedIn();
      const session = await here.sessions.validate(token);
      store.fail(call, fault, { times: 1 });
      const next = await overTime(here, session?.signIn("u2") ?? Promise.reject());
      expect(await here.sessions.validate(next)).toMatchObject({ userId: "u2", id: session?.id });
      expect(await here.sessions.validate(token)).toBeNull();
    });
  }

  it("makes one session when the answer to its creation was lost", async () => {
    const { here, store } = await signedIn();
    store.fail("create", "lose", { times: 1 });
    const { token, session } = await overTime(here, here.sessions.create({ userId: "u9" }));
    expect((await here.sessions.validate(token))?.id).toBe(session.id);
    expect(await here.sessions.list("u9")).toHaveLength(1);
  });

  it("a user look-up that throws is USER_UNAVAILABLE, with its cause", async () => {
    const cause = new Error("database down");
    const here = world({ user: () => Promise.reject(cause) });
    const { session } = await here.sessions.create({ userId: "u1" });
    await expect(session.loadUser()).rejects.toMatchObject({ code: "USER_UNAVAILABLE", cause });
  });

  it("a user who is gone is not signed in for this request; nothing is written", async () => {
    const here = world({ user: () => null });
    const { token } = await here.sessions.create({ userId: "u1", data: { a: 1 } });
    here.store.reset();
    const session = await here.sessions.validate(token);
    await session?.loadUser();
    expect([session?.userId, session?.data, session?.isAnonymous]).toEqual([null, {}, true]);
    expect(here.store.counts).toMatchObject({ update: 0, destroy: 0, create: 0 });
    expect(here.events.map(({ type }) => type)).toContain("user-missing");
    await session?.destroy();
    expect(await here.sessions.validate(token)).toBeNull();
  });

  it("keeps the client's error as the cause and its own message free of it", async () => {
    const here = world({ store: { ...memoryStore(), find: () => Promise.reject(new Error("connect ECONNREFUSED")) } });
    const reading = here.sessions.validate(`ccs_${"A".repeat(22)}.${"A".repeat(43)}`);
    const error = await overTime(here, reading).catch((thrown) => thrown);
    expect(isSessionError(error, "STORE_UNAVAILABLE")).toBe(true);
    expect(error.message).not.toContain("ECONNREFUSED");
    expect(error.cause.message).toContain("ECONNREFUSED");
  });
});
