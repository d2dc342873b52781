import { describe, expect, it } from "vitest";
import {
  createSessions,
  memoryStore,
  type Timeouts,
  type TimeoutsFunction,
  type TimeoutsPreset,
} from "../../src/index.ts";
import { world } from "../support/world.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

interface Row {
  readonly name: string;
  readonly timeouts: Timeouts | TimeoutsPreset | TimeoutsFunction | undefined;
  readonly persistent: boolean;
  readonly idle: number;
  readonly absolute: number;
}

const byRole: TimeoutsFunction = ({ user, data, persistent }) => {
  if (user?.role === "admin") return { idle: "1h", absolute: "8h" };
  if (data.till) return { idle: "10m", absolute: "1h" };
  return persistent ? undefined : { transient: { idle: "20m", absolute: "2h" } };
};

const rows: readonly Row[] = [
  { name: "the defaults", timeouts: undefined, persistent: true, idle: 7 * day, absolute: 30 * day },
  { name: "the defaults, not remembered", timeouts: undefined, persistent: false, idle: day, absolute: 7 * day },
  {
    name: "a pair",
    timeouts: { idle: "30m", absolute: "12h" },
    persistent: true,
    idle: 30 * minute,
    absolute: 12 * hour,
  },
  {
    name: "a pair, not remembered: never longer than the pair",
    timeouts: { idle: "30m", absolute: "12h" },
    persistent: false,
    idle: 30 * minute,
    absolute: 12 * hour,
  },
  {
    name: "a pair of its own for those who are not remembered",
    timeouts: { idle: "7d", absolute: "30d", transient: { idle: "15m", absolute: "4h" } },
    persistent: false,
    idle: 15 * minute,
    absolute: 4 * hour,
  },
  {
    name: "only an absolute timeout",
    timeouts: { absolute: "2h" },
    persistent: true,
    idle: 2 * hour,
    absolute: 2 * hour,
  },
  { name: "L3 NIST AAL1", timeouts: "aal1", persistent: true, idle: 30 * day, absolute: 30 * day },
  { name: "L3 NIST AAL2", timeouts: "aal2", persistent: true, idle: hour, absolute: day },
  { name: "L3 NIST AAL3", timeouts: "aal3", persistent: true, idle: 15 * minute, absolute: 12 * hour },
  { name: "a function that says nothing", timeouts: byRole, persistent: true, idle: 7 * day, absolute: 30 * day },
  { name: "a function, not remembered", timeouts: byRole, persistent: false, idle: 20 * minute, absolute: 2 * hour },
];

const users: Readonly<Record<string, { readonly role: string }>> = { ann: { role: "reader" }, bob: { role: "admin" } };

describe("L23 policies: idle and absolute, by configuration, by session, by user and data", () => {
  it.each(rows)("$name", async ({ timeouts, persistent, idle, absolute }) => {
    const here = world({ ...(timeouts !== undefined && { timeouts }), user: (userId) => users[userId] });
    const { token, session } = await here.sessions.create({ userId: "ann", persistent });
    const began = here.runtime.now();
    expect(session).toMatchObject({ idleExpiresAt: began + idle, expiresAt: began + absolute });

    here.runtime.advance(idle - 1);
    const seen = await here.sessions.validate(token);
    expect(seen, "one millisecond before").not.toBeNull();
    await here.runtime.settle(); // the touch
    const over = (await here.sessions.validate(token))?.idleExpiresAt as number;
    expect(over).toBe(Math.min(here.runtime.now() + idle, began + absolute));
    here.runtime.advance(over - here.runtime.now());
    expect(await here.sessions.validate(token), "at the instant").toBeNull();
    here.runtime.advance(1);
    expect(await here.sessions.validate(token), "one millisecond after").toBeNull();
  });

  it("a function goes by the user and by the data, at sign-in", async () => {
    const here = world({ timeouts: byRole, user: (userId) => users[userId] });
    const began = here.runtime.now();
    const admin = await here.sessions.create({ userId: "bob" });
    expect(admin.session).toMatchObject({ idleExpiresAt: began + hour, expiresAt: began + 8 * hour });
    const till = await here.sessions.create({ userId: "ann", data: { till: 3 } });
    expect(till.session).toMatchObject({ idleExpiresAt: began + 10 * minute, expiresAt: began + hour });
    await till.session.signIn("bob");
    expect(till.session).toMatchObject({ idleExpiresAt: began + hour, expiresAt: began + 8 * hour });
  });

  it("a function sees the data that sign-in keeps", async () => {
    const here = world({ timeouts: byRole, keep: ["till"], user: (userId) => users[userId] });
    const { session } = await here.sessions.create({ data: { till: 3, other: 1 } });
    await session.signIn("ann");
    expect(session.idleExpiresAt).toBe(here.runtime.now() + 10 * minute);
  });

  it("touches move the deadline by the session's own idle timeout, not by the configuration's", async () => {
    const store = memoryStore();
    const short = world({ store, timeouts: { idle: "30m", absolute: "1d" } });
    const { token } = await short.sessions.create();
    const long = createSessions({ store, runtime: short.runtime, timeouts: { idle: "7d", absolute: "30d" } });
    short.runtime.advance("20m");
    await long.validate(token);
    await short.runtime.settle();
    expect((await long.validate(token))?.idleExpiresAt).toBe(short.runtime.now() + 30 * minute);
  });

  it("a cookie without Max-Age goes with a session that is not remembered", () => {
    const here = world();
    const forgotten = here.sessions.createSessionCookie("x", { persistent: false });
    expect(forgotten.attributes).not.toHaveProperty("maxAge");
    expect(here.sessions.createSessionCookie("x").attributes).toMatchObject({ maxAge: (30 * day) / 1_000 });
  });

  it.each([
    [{ idle: "2h", absolute: "1h" }, /timeouts\.idle is longer than timeouts\.absolute/],
    [{ transient: { idle: "2h", absolute: "1h" } }, /timeouts\.transient\.idle is longer/],
    [{ idle: "soon" }, /timeouts\.idle is not a duration/],
    ["aal4", /names no preset/],
    ["__proto__", /names no preset/],
  ])("refuses %j at start-up", (timeouts, message) => {
    expect(() => world({ timeouts: timeouts as never })).toThrow(message);
  });

  it("a function that gives something wrong, or a promise, fails the sign-in and nothing is stored", async () => {
    for (const [timeouts, code] of [
      [() => ({ idle: "soon" }), "CONFIG_INVALID"],
      [async () => undefined, "DATA_INVALID"],
    ] as const) {
      const here = world({ timeouts: timeouts as never });
      await expect(here.sessions.create({ userId: "ann" })).rejects.toMatchObject({ code });
      expect(await here.sessions.list("ann")).toEqual([]);
    }
  });
});
