import { expect } from "vitest";
import { add, type Journeys } from "./journey.ts";
import { cookieName } from "./site.ts";

const wellFormed = `ccs_${"x".repeat(21)}A.${"y".repeat(42)}A`;
const junk = ["x", "", '"', "%", "ccs_", wellFormed];

export const hostileJourneys: Journeys = {
  "T4 a well-formed token of a stranger's making never becomes a session": async (_, visitor) => {
    visitor.jar.set(cookieName, wellFormed);
    const { lines } = await visitor.request(add("apple"));
    expect(lines).toHaveLength(1);
    expect(visitor.token).not.toBe(wellFormed);
    visitor.jar.set(cookieName, wellFormed);
    expect((await visitor.request((session) => session.id)).value).toBeNull();
  },
  "C7 a planted cookie beside the real one changes nothing, first or last": async (_, visitor) => {
    await visitor.request((session) => session.signIn("ann"));
    const mine = `${cookieName}=${visitor.token}`;
    for (const value of junk) {
      const planted = `${cookieName}=${value}`;
      for (const cookie of [`${planted}; ${mine}`, `${mine}; ${planted}`]) {
        expect((await visitor.request(undefined, { headers: { cookie } })).value).toBe("ann");
      }
    }
  },
  "C7 two cookies that are valid for different sessions open none": async (site, visitor) => {
    const other = site.visitor();
    await visitor.request((session) => session.signIn("ann"));
    await other.request((session) => session.signIn("bob"));
    const cookies = [visitor, other].map(({ token }) => `${cookieName}=${token}`);
    for (const cookie of [cookies.join("; "), cookies.reverse().join("; ")]) {
      const { value, lines } = await visitor.request(undefined, { headers: { cookie } });
      expect({ value, lines }).toEqual({ value: null, lines: [] });
    }
  },
  "T9 a token in the query string, in the body or in another header is ignored": async (site, visitor) => {
    await visitor.request((session) => session.signIn("ann"));
    const token = visitor.token ?? "";
    const stranger = site.visitor();
    const path = `/?${cookieName}=${token}&token=${token}&session=${token}`;
    const headers = { authorization: `Bearer ${token}`, "x-session": token, cookie2: `${cookieName}=${token}` };
    const { value } = await stranger.request(undefined, {
      method: "POST",
      path,
      headers,
      body: `${cookieName}=${token}`,
    });
    expect(value).toBeNull();
  },
  "T5 T8 neither the public id nor what the store keeps opens a session": async ({ sessions, faults }, visitor) => {
    await visitor.request((session) => session.signIn("ann"));
    const [info] = await sessions.list("ann");
    const id = info?.id ?? "";
    const [record] = await faults.find([id], Date.now());
    const digest = record && "digest" in record ? record.digest : "";
    const secret = visitor.token?.split(".")[1];
    const forged = [
      id,
      digest,
      `ccs_${id}`,
      `ccs_${id}.`,
      `ccs_${id}.${digest}`,
      `ccs_${id}.${id}`,
      `ccr_${id}.${secret}`,
    ];
    for (const token of forged) {
      visitor.jar.set(cookieName, token);
      expect((await visitor.request()).value).toBeNull();
    }
  },
  "T10 no response body holds the token": async (_, visitor) => {
    const { value } = await visitor.request(async (session) => {
      await session.signIn("ann");
      return [session, session.data, String(session), { ...session }];
    });
    expect(JSON.stringify(value)).not.toContain(visitor.token?.split(".")[1]);
  },
  "C12 cookies of the application survive beside ours": async (_, visitor) => {
    const own = ["theme=dark; Path=/", "lang=de; Max-Age=60", "a=b"];
    const { lines } = await visitor.request((session) => session.signIn("ann"), { cookies: own });
    expect(lines.filter((line) => !line.startsWith(cookieName))).toEqual(own);
    expect(lines).toHaveLength(4);
  },
};
