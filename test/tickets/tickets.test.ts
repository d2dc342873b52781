import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { keptKey } from "../../src/store/record.ts";
import { failingStore } from "../../src/testing/index.ts";
import { digestOf } from "../../src/token/digest.ts";
import { lateStore } from "../support/late-store.ts";
import { everyText, recording } from "../support/recording-store.ts";
import { eventNames, world } from "../support/world.ts";

const rejected = ({ events }: ReturnType<typeof world>) =>
  events.flatMap((event) => (event.type === "ticket-rejected" ? [event.reason] : []));

describe("a ticket", () => {
  it("gives its payload once", async () => {
    const here = world();
    const ticket = await here.sessions.issueTicket("confirm-email", { email: "ann@example.test" }, "15m");
    expect(ticket).toMatch(/^cct_[\w-]{22}\.[\w-]{43}$/);
    expect(await here.sessions.redeemTicket("confirm-email", ticket)).toEqual({ email: "ann@example.test" });
    expect(await here.sessions.redeemTicket("confirm-email", ticket)).toBeNull();
    expect(eventNames(here)).toEqual(["ticket-issued", "ticket-redeemed", "ticket-rejected:unknown"]);
  });

  it("G2 gives it to one of a hundred at once", async () => {
    const { sessions } = world();
    const ticket = await sessions.issueTicket("a", 1, "1m");
    const given = await Promise.all(Array.from({ length: 100 }, () => sessions.redeemTicket("a", ticket)));
    expect(given.filter((payload) => payload !== null)).toEqual([1]);
  });

  it("G2 L10 is not given again where its first write was not answered, and arrives when it is used up", async () => {
    const { store, loseNext, arrive } = lateStore(memoryStore());
    const { sessions, runtime } = world({ store });
    loseNext();
    const issuing = sessions.issueTicket("a", 1, "15m");
    for (let wait = 0; wait < 3; wait++) {
      await runtime.settle();
      runtime.advance(2_000);
    }
    const ticket = await issuing;
    expect(await sessions.redeemTicket("a", ticket)).toBe(1);
    await arrive();
    expect(await sessions.redeemTicket("a", ticket)).toBeNull();
  });

  it("T8 is good for its purpose alone, and another does not use it up", async () => {
    const here = world();
    const ticket = await here.sessions.issueTicket("confirm-email", 1, "15m");
    for (const purpose of ["sign-in", "confirm-emai", "confirm-email2", "CONFIRM-EMAIL"])
      expect(await here.sessions.redeemTicket(purpose, ticket)).toBeNull();
    expect(rejected(here)).toEqual(Array(4).fill("wrong-purpose"));
    expect(await here.sessions.redeemTicket("confirm-email", ticket)).toBe(1);
  });

  it("G9 ends at its instant, whatever sweeps", async () => {
    const here = world();
    const [one, two] = [await here.sessions.issueTicket("a", 1, "1m"), await here.sessions.issueTicket("a", 2, "1m")];
    here.runtime.advance(59_999);
    expect(await here.sessions.redeemTicket("a", one)).toBe(1);
    here.runtime.advance(1);
    expect(await here.sessions.redeemTicket("a", two)).toBeNull();
    expect(rejected(here)).toEqual(["unknown"]);
  });

  it("T7 G5 of a wrong shape costs no store call", async () => {
    const here = world();
    const ticket = await here.sessions.issueTicket("a", 1, "1m");
    const before = here.store.total();
    const wrong = [
      null,
      undefined,
      7,
      {},
      [ticket],
      "",
      "cct_",
      `${ticket}x`,
      ticket.slice(1),
      `ccs_${ticket.slice(4)}`,
    ];
    for (const text of wrong) expect(await here.sessions.redeemTicket("a", text)).toBeNull();
    expect(here.store.total()).toBe(before);
    expect(rejected(here)).toEqual(wrong.map(() => "malformed"));
  });

  it("T5 of the right id and any other secret opens nothing, and uses nothing up", async () => {
    const here = world();
    const ticket = await here.sessions.issueTicket("a", 1, "1m");
    for (let at = 27; at < ticket.length - 1; at++) {
      const changed = ticket.slice(0, at) + (ticket[at] === "A" ? "B" : "A") + ticket.slice(at + 1);
      expect(await here.sessions.redeemTicket("a", changed)).toBeNull();
    }
    expect(new Set(rejected(here))).toEqual(new Set(["wrong-secret"]));
    expect(await here.sessions.redeemTicket("a", ticket)).toBe(1);
  });

  it("G4 T2 stands in no store, and nothing that stands there redeems it", async () => {
    const { store, written } = recording(memoryStore());
    const here = world({ store });
    const tickets = await Promise.all(Array.from({ length: 50 }, () => here.sessions.issueTicket("a", 1, "1m")));
    const texts = everyText(written);
    for (const ticket of tickets) {
      const secret = ticket.slice(27);
      for (const text of texts) expect(text).not.toContain(secret);
      expect(texts.join(" ")).not.toContain(await digestOf(secret)); // nor the digest by which a session is found
    }
    for (const { id, digest, data } of written)
      for (const text of [digest, ...Object.values(data)]) {
        expect(await here.sessions.redeemTicket("a", `cct_${id}.${text}`)).toBeNull();
        expect(await here.sessions.validate(`ccs_${id}.${text}`)).toBeNull();
      }
  });

  it("G14 is in no event", async () => {
    const here = world();
    const ticket = await here.sessions.issueTicket("a", { secretly: "hidden" }, "1m");
    await here.sessions.redeemTicket("b", ticket);
    await here.sessions.redeemTicket("a", ticket);
    for (const text of [ticket, ticket.slice(27), "hidden"]) expect(JSON.stringify(here.events)).not.toContain(text);
  });
});

describe("a ticket that is bound to a session", () => {
  const bound = async (here: ReturnType<typeof world>) => {
    const { token, session } = await here.sessions.create({ userId: "ann" });
    return { token, session, ticket: await here.sessions.issueTicket("ws", { id: 7 }, "1m", { session: session.id }) };
  };

  it("is good while the session lives", async () => {
    const here = world();
    const { session, ticket } = await bound(here);
    await session.set({ other: 1 });
    await session.rotate();
    expect(await here.sessions.redeemTicket("ws", ticket)).toEqual({ id: 7 });
  });

  it.each<[string, (here: ReturnType<typeof world>, token: string) => Promise<unknown>]>([
    ["is signed out", async ({ sessions }, token) => (await sessions.validate(token))?.destroy()],
    ["is revoked", ({ sessions }) => sessions.revokeUser("ann")],
    ["has another user", async ({ sessions }, token) => (await sessions.validate(token))?.signIn("ben")],
    ["has expired", async ({ runtime }) => runtime.advance("8d")],
  ])("G2 L7 ends with it when it %s", async (_, end) => {
    const here = world();
    const { session, token } = await bound(here);
    const ticket = await here.sessions.issueTicket("ws", 1, "30d", { session: session.id });
    await end(here, token);
    expect(await here.sessions.redeemTicket("ws", ticket)).toBeNull();
    expect(rejected(here)).toEqual(["session-ended"]);
  });

  it("G2 ends with it also when the session ends while it is redeemed", async () => {
    const whole = memoryStore();
    let meanwhile = async () => {};
    const store: SessionStore = {
      ...whole,
      async destroy(id, generation) {
        await meanwhile();
        return whole.destroy(id, generation);
      },
    };
    const here = world({ store });
    const { session, ticket } = await bound(here);
    meanwhile = async () => void (await whole.destroy(session.id ?? ""));
    expect(await here.sessions.redeemTicket("ws", ticket)).toBeNull();
  });

  it("G2 ends with an impersonation whose time has run out, though nobody called meanwhile", async () => {
    const here = world({ user: (userId) => ({ id: userId }), impersonation: { allow: () => true, longest: "1m" } });
    const { session } = await here.sessions.create({ userId: "sam" });
    await session.impersonate("ann", { reason: "a call" });
    const ticket = await here.sessions.issueTicket("ws", 1, "1h", { session: session.id });
    const other = await here.sessions.issueTicket("ws", 2, "1h", { session: session.id });
    here.runtime.advance(59_999);
    expect(await here.sessions.redeemTicket("ws", ticket)).toBe(1);
    here.runtime.advance(1);
    expect(await here.sessions.redeemTicket("ws", other)).toBeNull();
    expect(rejected(here)).toEqual(["session-ended"]);
  });

  it("is not made for a session that is over", async () => {
    const { sessions } = world();
    const { session } = await sessions.create({ userId: "ann" });
    const { id } = session;
    await session.destroy();
    for (const over of [id, "x", "A".repeat(22)])
      await expect(sessions.issueTicket("ws", 1, "1m", { session: over })).rejects.toMatchObject({
        code: "SESSION_DESTROYED",
      });
  });
});

describe("what a ticket may be", () => {
  const { sessions } = world();
  it.each<[string, unknown, unknown, string]>([
    ["", 1, "1m", "DATA_INVALID"],
    ["two words", 1, "1m", "DATA_INVALID"],
    ["x".repeat(65), 1, "1m", "DATA_INVALID"],
    ["a", null, "1m", "DATA_INVALID"],
    ["a", undefined, "1m", "DATA_INVALID"],
    ["a", new Date(0), "1m", "DATA_INVALID"],
    ["a", "x".repeat(4_095), "1m", "DATA_TOO_LARGE"],
    ["a", 1, "31d", "DATA_INVALID"],
    ["a", 1, 0, "DATA_INVALID"],
    ["a", 1, "soon", "DATA_INVALID"],
    ["a", 1, undefined, "DATA_INVALID"],
  ])("%j with %j for %j is %s", async (purpose, payload, life, code) => {
    await expect(sessions.issueTicket(purpose, payload, life as never)).rejects.toMatchObject({ code });
  });

  it("is 4,096 bytes, and 30 days", async () => {
    const ticket = await sessions.issueTicket("a", "x".repeat(4_094), "30d");
    expect(await sessions.redeemTicket("a", ticket)).toBe("x".repeat(4_094));
  });
});

describe("G8 an outage", () => {
  it("is an error, and never gives a payload twice", async () => {
    const faults = failingStore(memoryStore());
    const here = world({ store: faults });
    const ticket = await here.sessions.issueTicket("a", 1, "1m");
    faults.fail("destroy", "lose", { times: 1 });
    await expect(here.sessions.redeemTicket("a", ticket)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    const after = await Promise.all([1, 2].map(() => here.sessions.redeemTicket("a", ticket)));
    expect(after.filter((payload) => payload !== null).length).toBeLessThanOrEqual(1);
  });

  it("G13 a damaged record opens nothing", async () => {
    for (const text of ["", "[]", "null", '["a","b","c"]', "[1,2,3,null]", '["d","a","1",[7]]', "{"]) {
      const whole = memoryStore();
      const store: SessionStore = {
        ...whole,
        create: (record) => whole.create({ ...record, data: { [keptKey]: text } }),
      };
      const here = world({ store });
      const ticket = await here.sessions.issueTicket("a", 1, "1m");
      expect(await here.sessions.redeemTicket("a", ticket)).toBeNull();
      expect(rejected(here)).toEqual(["corrupt"]);
    }
  });
});

describe("controls", () => {
  it("G2 a store that says yes to everybody gives one ticket many times", async () => {
    const whole = memoryStore();
    const store: SessionStore = {
      ...whole,
      async destroy(id, generation) {
        await whole.destroy(id, generation);
        return "destroyed" as const;
      },
    };
    const { sessions } = world({ store });
    const ticket = await sessions.issueTicket("a", 1, "1m");
    const given = await Promise.all(Array.from({ length: 10 }, () => sessions.redeemTicket("a", ticket)));
    expect(given.filter((payload) => payload !== null).length).toBeGreaterThan(1);
  });
});
