import { expect } from "vitest";
import { add, cart, type Journeys } from "./journey.ts";
import { faultJourneys } from "./journeys-faults.ts";
import { hostileJourneys } from "./journeys-hostile.ts";
import { cookieName } from "./site.ts";

const visits: Journeys = {
  "L24 G5 a first visit makes no cookie and asks no store": async ({ calls }, visitor) => {
    const { status, value, lines } = await visitor.request((session) => [
      session.id,
      session.userId,
      session.isAnonymous,
    ]);
    expect({ status, value, lines }).toEqual({ status: 200, value: [null, null, true], lines: [] });
    expect(calls.total()).toBe(0);
  },
  "C1 C13 G5 the first write makes one session and one cookie, however many writes": async ({ calls }, visitor) => {
    const { lines } = await visitor.request(async (session) => {
      await session.set({ step: 1 });
      await add("apple")(session);
      await session.set({ step: 2 });
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^__Host-session=ccs_[\w-]{22}\.[\w-]{43}; /);
    const attributes = lines[0]?.split("; ").slice(1).sort();
    // C11: the cookie never outlives the session, so a part of a second that has passed counts as a whole one.
    const age = expect.stringMatching(/^Max-Age=(2592000|2591999)$/);
    expect(attributes).toEqual(["HttpOnly", age, "Path=/", "SameSite=Lax", "Secure"]);
    expect(calls.counts.create).toBe(1);
  },
  "F1 a cart persists from request to request without another cookie": async (_, visitor) => {
    await visitor.request(add("apple"));
    const second = await visitor.request(add("pear"));
    expect(second.lines).toEqual([]);
    expect((await visitor.request(cart)).value).toEqual(["apple", "pear"]);
  },
  "L4 L6 a sign-in brings a new token, the old one is dead, the cart is carried over": async (_, visitor) => {
    await visitor.request(async (session) => {
      await add("apple")(session);
      await session.set({ note: "anonymous" });
    });
    const before = visitor.token;
    const { lines } = await visitor.request((session) => session.signIn("ann"));
    expect(lines).toHaveLength(1);
    expect(visitor.token).not.toBe(before);
    expect((await visitor.request((session) => [session.userId, session.data])).value).toEqual([
      "ann",
      { cart: ["apple"] },
    ]);
    visitor.jar.set(cookieName, before ?? "");
    expect((await visitor.request((session) => [session.userId, session.data])).value).toEqual([null, {}]);
  },
  "C13 a sign-in, a write and a rotation in one request set one cookie": async (_, visitor) => {
    const { lines } = await visitor.request(async (session) => {
      await session.set({ step: 1 });
      await session.signIn("ann");
      await session.rotate();
      await add("apple")(session);
    });
    expect(lines).toHaveLength(1);
    expect((await visitor.request()).value).toBe("ann");
  },
  "L7 C10 a sign-out clears the cookie with its attributes, and the old token stays dead": async (_, visitor) => {
    await visitor.request((session) => session.signIn("ann"));
    const token = visitor.token;
    const { lines } = await visitor.request((session) => session.destroy());
    expect(lines).toHaveLength(1);
    expect(lines[0]?.split("; ").sort()).toEqual([
      "HttpOnly",
      "Max-Age=0",
      "Path=/",
      "SameSite=Lax",
      "Secure",
      "__Host-session=",
    ]);
    expect(visitor.token).toBeUndefined();
    visitor.jar.set(cookieName, token ?? "");
    expect((await visitor.request()).value).toBeNull();
  },
  "L4 within the grace of a rotation both tokens work, and nobody is signed out": async (_, visitor) => {
    await visitor.request((session) => session.signIn("ann"));
    const before = visitor.token ?? "";
    await visitor.request((session) => session.rotate());
    const after = visitor.token ?? "";
    for (const token of [before, after]) {
      visitor.jar.set(cookieName, token);
      expect((await visitor.request()).value).toBe("ann");
    }
  },
  "G3 a superseded token reads nothing, writes nothing, and no cookie is touched": async (_, visitor) => {
    await visitor.request((session) => session.signIn("ann"));
    const before = visitor.token ?? "";
    await visitor.request((session) => session.rotate({ grace: 0 }));
    visitor.jar.set(cookieName, before);
    expect((await visitor.request()).value).toBeNull();
    const write = await visitor.request((session) => session.set({ step: 1 }));
    expect([write.status, write.lines]).toEqual([409, []]);
  },
};

export const journeys: Journeys = { ...visits, ...hostileJourneys, ...faultJourneys };
