import { describe, expect, it } from "vitest";
import { isSessionError, memoryStore, type SessionEnded, type SessionStore } from "../../src/index.ts";
import type { FakeRuntime } from "../../src/testing/index.ts";
import { type LocalBus, localBus } from "../support/local-bus.ts";
import { Browser, twoVisits, type World, world } from "../support/world.ts";

/** How a signal was aborted, or `"open"`. */
const stateOf = (signal: AbortSignal) => (signal.aborted ? (signal.reason as SessionEnded).ending : "open");

/** A session of a world, and the signal of one of its requests. */
async function watched(here: World, options: { userId?: string | null; persistent?: boolean } = {}) {
  const { token } = await here.sessions.create({ userId: "u1", ...options });
  const session = await here.sessions.validate(token);
  if (!session) throw new Error("the token opens no session");
  return { token, session, id: session.id as string, signal: session.signal };
}

/** Two instances of an application over one store, with one clock. */
function twoInstances(options: { store?: SessionStore; bus?: LocalBus } = {}) {
  const store = options.store ?? memoryStore();
  const { bus } = options;
  const here = world({ store, ...(bus && { bus }) });
  const there = world({ store, runtime: here.runtime, ...(bus && { bus }) });
  return { here, there };
}

/** Lets a second pass in which every new watch is looked at, so that only what comes later is seen. */
async function firstLook({ runtime }: Pick<World, "runtime">): Promise<void> {
  await runtime.settle();
  runtime.advance("3s");
  await runtime.settle();
}

describe("session.signal", () => {
  it("is one signal for each request, and another one for the next", async () => {
    const { sessions } = world();
    const { token } = await sessions.create({ userId: "u1" });
    const [one, other] = await twoVisits({ sessions } as World, token);
    expect(one.signal).toBe(one.signal);
    expect(one.signal).not.toBe(other.signal);
    expect(one.signal).toBeInstanceOf(AbortSignal);
  });

  it.each([
    [
      "the holder destroys the session",
      "ended",
      (here: World, token: string) => here.sessions.validate(token).then((session) => session?.destroy()),
    ],
    ["it is revoked by its id", "ended", (here: World, _: string, id: string) => here.sessions.revoke(id)],
    ["the user's sessions are revoked", "ended", (here: World) => here.sessions.revokeUser("u1")],
    [
      "somebody else signs in to it",
      "replaced",
      (here: World, token: string) => here.sessions.validate(token).then((session) => session?.signIn("u2")),
    ],
    [
      "the same user signs in again",
      "replaced",
      (here: World, token: string) => here.sessions.validate(token).then((session) => session?.signIn("u1")),
    ],
    [
      "the user steps up",
      "replaced",
      (here: World, token: string) =>
        here.sessions.validate(token).then((session) => session?.reauthenticate({ amr: ["otp"] })),
    ],
  ] as const)("aborts when %s", async (_what, ending, act) => {
    const here = world();
    const { token, id, signal } = await watched(here);
    await firstLook(here);
    expect(stateOf(signal)).toBe("open");
    await act(here, token, id);
    await here.runtime.settle();
    expect(stateOf(signal)).toBe(ending);
  });

  it("aborts with an error of ours", async () => {
    const here = world();
    const { session, signal } = await watched(here);
    await session.destroy();
    expect(isSessionError(signal.reason, "SESSION_DESTROYED")).toBe(true);
    expect(() => signal.throwIfAborted()).toThrow("The session has ended");
  });

  it.each([
    ["a rotation", (here: World, token: string) => here.sessions.validate(token).then((session) => session?.rotate())],
    [
      "a change of data",
      (here: World, token: string) => here.sessions.validate(token).then((session) => session?.set({ step: 2 })),
    ],
    [
      "the end of another session",
      (here: World) => here.sessions.create({ userId: "u1" }).then(({ session }) => session.destroy()),
    ],
    ["the end of all others", (here: World, _: string, id: string) => here.sessions.revokeUser("u1", { except: id })],
  ] as const)("goes on after %s", async (_what, act) => {
    const here = world();
    const { token, id, signal } = await watched(here);
    await act(here, token, id);
    await firstLook(here);
    here.runtime.advance("10m");
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("open");
  });

  it("of a visitor without a session never aborts; that of their first write does", async () => {
    const here = world();
    const browser = new Browser(here);
    const [before, after] = await browser.visit(async (session) => {
      const none = session.signal;
      await session.set({ step: 1 });
      return [none, session.signal] as const;
    });
    expect(here.runtime.waiting()).toBeGreaterThan(0);
    await browser.visit((session) => session.destroy());
    expect([stateOf(before), stateOf(after)]).toEqual(["open", "ended"]);
    expect(here.runtime.waiting()).toBe(0);
  });

  it("of a request that has signed in is that of the new identity", async () => {
    const here = world();
    const { session, signal } = await watched(here, { userId: null });
    await session.signIn("u1");
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("replaced");
    expect(stateOf(session.signal)).toBe("open");
    await session.destroy();
    expect(stateOf(session.signal)).toBe("ended");
  });

  it("of a session that was over before anybody asked for it aborts within two seconds", async () => {
    const here = world();
    const { token } = await here.sessions.create({ userId: "u1" });
    const [late, other] = await twoVisits(here, token);
    await other.destroy();
    const { signal } = late;
    expect(stateOf(signal)).toBe("open");
    here.runtime.advance("2s");
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("ended");
  });
});

describe("deadlines", () => {
  const timeouts = { idle: "30m", absolute: "8h" } as const;

  it("abort at their instant, and not before", async () => {
    const here = world({ timeouts });
    const { signal } = await watched(here);
    here.runtime.advance(30 * 60_000 - 1);
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("open");
    here.runtime.advance(1);
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("expired");
    expect(here.runtime.waiting()).toBe(0);
  });

  it("move along with the requests of the session, to the absolute one", async () => {
    const here = world({ timeouts });
    const { token, signal } = await watched(here);
    for (let passed = 0; passed < 8 * 60 - 10; passed += 10) {
      here.runtime.advance("10m");
      await here.sessions.validate(token);
      await here.runtime.settle();
      expect(stateOf(signal)).toBe("open");
    }
    here.runtime.advance(10 * 60_000 - 1);
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("open");
    here.runtime.advance(1);
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("expired");
  });

  it("move along with the requests of another instance, though nobody tells", async () => {
    const { here, there } = twoInstances();
    const { token, signal } = await watched(here);
    here.runtime.advance("6d");
    await there.sessions.validate(token);
    await here.runtime.settle();
    here.runtime.advance("6d");
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("open");
    here.runtime.advance("1d");
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("expired");
  });

  it("of an impersonation count too", async () => {
    const here = world({ impersonation: { allow: () => true, longest: "1h" } });
    const { session } = await watched(here, { userId: "admin" });
    await session.impersonate("u1", { reason: "a call", ttl: "10m" });
    const { signal } = session;
    here.runtime.advance(10 * 60_000 - 1);
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("open");
    here.runtime.advance(1);
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("replaced");
  });
});

describe("what another instance does, without a bus", () => {
  it("is seen by the next check, one read for all that is watched", async () => {
    const { here, there } = twoInstances();
    const [one, other] = [await watched(here), await watched(here, { userId: "u2" })];
    await firstLook(here);
    here.runtime.advance("20s");
    await there.sessions.revoke(one.id);
    await here.runtime.settle();
    expect(stateOf(one.signal)).toBe("open");
    here.store.reset();
    here.runtime.advance("60s");
    await here.runtime.settle();
    expect([stateOf(one.signal), stateOf(other.signal)]).toEqual(["ended", "open"]);
    expect(here.store.total()).toBe(1);
  });

  it("is seen when signalCheck says", async () => {
    const store = memoryStore();
    const here = world({ store, signalCheck: "5s" });
    const { id, signal } = await watched(here);
    await firstLook(here);
    await store.destroy(id);
    here.runtime.advance("5s");
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("ended");
  });

  it("costs nothing where nobody watches", async () => {
    const here = world();
    const { session } = await watched(here);
    await firstLook(here);
    await session.destroy();
    await here.runtime.settle();
    here.store.reset();
    here.runtime.advance("1h");
    expect([here.runtime.waiting(), here.store.total()]).toEqual([0, 0]);
    await here.sessions.create({ userId: "u1" });
    expect(here.runtime.waiting()).toBe(0);
  });
});

describe("an outage of the store", () => {
  it("never aborts, however long it lasts; what happened meanwhile is seen when it is over", async () => {
    const store = memoryStore();
    let isDown = false;
    const faulty: SessionStore = {
      ...store,
      find(ids, now) {
        if (isDown) throw new Error("down");
        return store.find(ids, now);
      },
    };
    const here = world({ store: faulty, timeouts: { idle: "30m", absolute: "8h" } });
    const [one, other] = [await watched(here), await watched(here)];
    await firstLook(here);
    isDown = true;
    for (let minute = 0; minute < 45; minute++) {
      here.runtime.advance("1m");
      await here.runtime.settle();
    }
    await store.destroy(other.id);
    expect([stateOf(one.signal), stateOf(other.signal)]).toEqual(["open", "open"]);
    isDown = false;
    here.runtime.advance("5s");
    await here.runtime.settle();
    expect([stateOf(one.signal), stateOf(other.signal)]).toEqual(["expired", "expired"]);
  });

  it("that never answers never aborts either", async () => {
    const store = memoryStore();
    let isHanging = false;
    const hanging: SessionStore = {
      ...store,
      find: (ids, now) => (isHanging ? new Promise(() => undefined) : store.find(ids, now)),
    };
    const here = world({ store: hanging });
    const { id, signal } = await watched(here);
    await firstLook(here);
    isHanging = true;
    await store.destroy(id);
    here.runtime.advance("10m");
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("open");
    isHanging = false;
    here.runtime.advance("10s");
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("ended");
  });

  it("an answer that is not one for each id counts for none", async () => {
    const store = memoryStore();
    let isShort = false;
    const short: SessionStore = { ...store, find: (ids, now) => (isShort ? [] : store.find(ids, now)) };
    const here = world({ store: short });
    const { signal } = await watched(here);
    isShort = true;
    here.runtime.advance("10m");
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("open");
  });
});

describe("what another instance does, with a bus", () => {
  it.each([
    ["a revocation", "ended", (there: World, id: string) => there.sessions.revoke(id)],
    ["a revocation of the user", "ended", (there: World) => there.sessions.revokeUser("u1")],
    [
      "a sign-in",
      "replaced",
      (there: World, _: string, token: string) =>
        there.sessions.validate(token).then((session) => session?.signIn("u2")),
    ],
  ] as const)("%s is seen at once", async (_what, ending, act) => {
    const bus = localBus();
    const { here, there } = twoInstances({ bus });
    const { id, token, signal } = await watched(here);
    await firstLook(here);
    await act(there, id, token);
    await here.runtime.settle();
    expect(stateOf(signal)).toBe(ending);
    expect(bus.messages.flat()).toContain(id);
  });

  it("a message about a session that goes on aborts nothing, whoever sent it", async () => {
    const bus = localBus();
    const { here, there } = twoInstances({ bus });
    const { id, token, signal } = await watched(here);
    await firstLook(here);
    await bus.publish([id, "another", ""]);
    await (await there.sessions.validate(token))?.rotate();
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("open");
  });

  it("a message about a session that nobody watches here costs no read", async () => {
    const bus = localBus();
    const { here, there } = twoInstances({ bus });
    await watched(here);
    await firstLook(here);
    here.store.reset();
    await (await there.sessions.create({ userId: "u1" })).session.destroy();
    await here.runtime.settle();
    expect(here.store.total()).toBe(0);
  });

  it("what was missed while the bus was down is seen when it is back", async () => {
    const bus = localBus();
    const { here, there } = twoInstances({ bus });
    const { id, signal } = await watched(here);
    await firstLook(here);
    bus.goDown();
    await there.sessions.revoke(id);
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("open");
    bus.comeBack();
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("ended");
  });

  it("a bus that refuses fails nothing: it is an event, and the check sees what it did not tell", async () => {
    const bus = localBus();
    const { here, there } = twoInstances({ bus });
    const { id, signal } = await watched(here);
    await firstLook(here);
    bus.goDown({ refuses: true });
    expect(await there.sessions.revoke(id)).toBe(true);
    await here.runtime.settle();
    expect(there.events.filter(({ type }) => type === "store-failure")).toMatchObject([
      { store: "bus", operation: "publish changes" },
    ]);
    here.runtime.advance("60s");
    await here.runtime.settle();
    expect(stateOf(signal)).toBe("ended");
  });

  it("sessions that end together are one message", async () => {
    const bus = localBus();
    const { here } = twoInstances({ bus });
    for (let count = 0; count < 5; count++) await here.sessions.create({ userId: "u1" });
    await here.runtime.settle();
    bus.messages.length = 0;
    await here.sessions.revokeUser("u1");
    await here.runtime.settle();
    expect(bus.messages.map((ids) => ids.length)).toEqual([5]);
  });

  it("is listened to while somebody watches, and no longer", async () => {
    const bus = localBus();
    const { here } = twoInstances({ bus });
    await here.sessions.create({ userId: "u1" });
    expect(bus.listening()).toBe(0);
    for (let round = 0; round < 3; round++) {
      const { session } = await watched(here);
      await here.runtime.settle();
      expect(bus.listening()).toBe(1);
      await session.destroy();
      await here.runtime.settle();
      expect(bus.listening()).toBe(0);
    }
  });
});

describe("signals that nobody listens to", () => {
  /** How many sessions a check reads. */
  async function countChecked(here: World): Promise<number> {
    await firstLook(here);
    here.store.reset();
    here.runtime.advance("60s");
    await here.runtime.settle();
    return here.store.counts.find * 100;
  }

  it("are not kept without end", async () => {
    const here = world();
    for (let count = 0; count < 5_000; count++) (await here.sessions.create()).session.signal.aborted;
    expect(await countChecked(here)).toBeLessThanOrEqual(1_500);
  });

  it("give way to those that somebody listens to: of these none is lost", async () => {
    const here = world();
    let heard = 0;
    const listeners: ((signal: AbortSignal) => void)[] = [
      (signal) => signal.addEventListener("abort", () => heard++),
      (signal) => signal.addEventListener("abort", () => heard++, { once: true }),
      (signal) => {
        signal.onabort = () => heard++;
      },
    ];
    for (let count = 0; count < 3_000; count++) {
      const { session } = await here.sessions.create({ userId: "u1" });
      listeners[count % listeners.length]?.(session.signal);
      for (let idle = 0; idle < 2; idle++) (await here.sessions.create()).session.signal.aborted;
    }
    await here.sessions.revokeUser("u1");
    expect(heard).toBe(3_000);
  });

  it("are those whose listeners were all removed", async () => {
    const here = world();
    const until = new AbortController();
    const listener = () => undefined;
    for (let count = 0; count < 3_000; count++) {
      const { signal } = (await here.sessions.create()).session;
      if (count % 2 === 0) signal.addEventListener("abort", listener, { signal: until.signal });
      else {
        signal.addEventListener("abort", listener);
        signal.removeEventListener("abort", listener);
      }
    }
    until.abort();
    for (let count = 0; count < 2_000; count++) (await here.sessions.create()).session.signal.aborted;
    expect(await countChecked(here)).toBeLessThanOrEqual(2_000);
  });

  it("hold no process up: the timers are those of housekeeping", async () => {
    const here = world();
    const calls: string[] = [];
    const noting =
      (name: "after" | "background") =>
      (...args: Parameters<FakeRuntime["after"]>) => {
        calls.push(name);
        return here.runtime[name](...args);
      };
    const runtime = { ...here.runtime, after: noting("after"), background: noting("background") };
    const there = world({ runtime });
    await watched({ ...there, runtime: here.runtime });
    expect(calls).not.toContain("after");
    expect(calls).toContain("background");
  });
});
