import { describe, expect, it } from "vitest";
import { createSessions, memoryStore } from "../../src/index.ts";
import { readSnapshot } from "../../src/snapshot/index.ts";
import { Browser, eventNames, world } from "../support/world.ts";
import { name, next, secret, seen, signedIn, slowly, snapshots } from "./scene.ts";

type Session = Parameters<Parameters<Browser["visit"]>[0]>[0];

const lineOf = (response: Response) => response.headers.getSetCookie().find((line) => line.startsWith(`${name}=`));

describe("R-D4 the snapshot cookie", () => {
  it("C1 G10 comes with the sign-in, under the rules of the session's cookie, in a private response", async () => {
    const here = snapshots();
    const browser = await signedIn(here);
    const line = lineOf(browser.lastResponse) ?? "";
    expect(line.replace(/=[^;]*/, "")).toBe(`${name}; Path=/; Max-Age=30; HttpOnly; Secure; SameSite=Lax`);
    expect(browser.lastResponse.headers.get("cache-control")).toBe("private, no-store");
    expect(line).not.toContain(browser.token);
  });

  it("shows the public view, without the store", async () => {
    const here = snapshots({ publicView: ({ userId }: { userId: string }) => ({ userId, name: "Änne 🎟" }) });
    const browser = await signedIn(here);
    const before = here.store.total();
    const now = here.runtime.now();
    expect(await seen(here, browser)).toEqual({
      sessionId: browser.token.slice(4, 26),
      view: { userId: "ann", name: "Änne 🎟" },
      readAt: now,
      until: now + 30_000,
    });
    expect(here.store.total()).toBe(before);
  });

  it("G5 comes to nobody who is not signed in", async () => {
    const here = snapshots();
    const browser = new Browser(here);
    await browser.visit((session) => session.userId);
    expect(browser.lastResponse.headers.getSetCookie()).toEqual([]);
    await browser.visit((session) => session.set({ cart: 1 }));
    expect(lineOf(browser.lastResponse)).toBeUndefined();
    expect(await seen(here, browser)).toBeNull();
  });

  it("G6 is not sent again while it is fresh, and is past half its life", async () => {
    const here = snapshots();
    const browser = await signedIn(here);
    const sends = async () => {
      await browser.visit((session) => session.userId);
      return lineOf(browser.lastResponse) !== undefined;
    };
    here.runtime.advance(14_999);
    expect(await sends()).toBe(false);
    here.runtime.advance(1);
    expect(await sends()).toBe(true);
    expect((await seen(here, browser))?.until).toBe(here.runtime.now() + 30_000);
  });

  it.each<[string, (session: Session) => unknown]>([
    ["its data", (session) => session.set({ seen: 1 })],
    ["its token", (session) => session.rotate()],
    ["its user", (session) => session.signIn("ben")],
  ])("is made anew when the session changes %s", async (_, change) => {
    const here = snapshots();
    const browser = await signedIn(here);
    const old = browser.cookies.get(name);
    await browser.visit(change);
    expect(browser.cookies.get(name)).not.toBe(old);
    const { userId } = (await seen(here, browser))?.view ?? {};
    expect(userId).toBe((await here.sessions.validate(browser.token))?.userId);
  });

  it("is cleared with the session", async () => {
    const here = snapshots();
    const browser = await signedIn(here);
    const text = browser.cookies.get(name) ?? "";
    await browser.visit((session) => session.destroy());
    expect([...browser.cookies]).toEqual([]);
    browser.cookies.set(name, text);
    expect(await seen(here, browser)).toBeNull();
  });

  it("is cleared by the sign-out action, and set by the others", async () => {
    const here = snapshots();
    const browser = await signedIn(here);
    browser.cookies.delete(name);
    const call = (path: string, method: string) => {
      const { headers } = browser.request({ "sec-fetch-site": "same-origin" });
      return here.sessions.handler(new Request(`https://shop.example/api/session${path}`, { method, headers }));
    };
    expect(lineOf(await call("", "GET"))).toContain("Max-Age=30");
    expect(lineOf(await call("/signout", "POST"))).toMatch(/=; .*Max-Age=0/);
  });

  it("is listed with its class", () => {
    expect(snapshots().sessions.cookies()).toMatchObject([{}, { name, class: "strictly-necessary", maxAge: 30 }]);
    expect(world().sessions.cookies()).toHaveLength(1);
  });
});

describe("L14 the bound", () => {
  it("a revoked session is shown until its snapshot ends, and not a millisecond longer", async () => {
    for (const age of [0, 1_000, 14_999, 29_999]) {
      const here = snapshots();
      const browser = await signedIn(here);
      here.runtime.advance(age);
      await here.sessions.revokeUser("ann");
      here.runtime.advance(29_999 - age);
      expect(await seen(here, browser)).not.toBeNull();
      here.runtime.advance(1);
      expect(await seen(here, browser)).toBeNull();
      await browser.visit((session) => session.userId);
      expect(await seen(here, browser)).toBeNull();
    }
  });

  it("counts from when the session was read, however long the answer took", async () => {
    const here = snapshots();
    const browser = await signedIn(here);
    browser.cookies.delete(name);
    const response = await slowly(here, browser, async () => {
      await here.sessions.revokeUser("ann");
      here.runtime.advance(20_000);
    });
    browser.cookies.set(name, /=([^;]*)/.exec(lineOf(response) ?? "")?.[1] ?? "");
    here.runtime.advance(9_999);
    expect(await seen(here, browser)).not.toBeNull();
    here.runtime.advance(1);
    expect(await seen(here, browser)).toBeNull();
  });

  it("of an answer that took longer than the bound there is none", async () => {
    const here = snapshots();
    const browser = await signedIn(here);
    browser.cookies.delete(name);
    const response = await slowly(here, browser, async () => here.runtime.advance(30_000));
    expect(lineOf(response)).toBeUndefined();
  });

  it("G9 never passes the session's own end", async () => {
    const here = snapshots({ timeouts: { idle: "10m", absolute: "10m" }, snapshot: { maxStale: "5m" } });
    const browser = await signedIn(here);
    here.runtime.advance("9m");
    await browser.visit((session) => session.userId);
    expect((await seen(here, browser))?.until).toBe(here.runtime.now() + 60_000);
  });

  it("G9 shows nobody as an impersonated user, or at a raised level, once that has ended by itself", async () => {
    const here = snapshots({ impersonation: { allow: () => true }, snapshot: { maxStale: "5m" } });
    const browser = await signedIn(here);
    await browser.visit((session) => session.reauthenticate({ acr: "aal2", expiresIn: "1m" }));
    expect((await seen(here, browser))?.until).toBe(here.runtime.now() + 60_000);
    await browser.visit((session) => session.impersonate("ben", { reason: "a question", ttl: "1m" }));
    expect((await seen(here, browser))?.view.userId).toBe("ben");
    here.runtime.advance("1m");
    expect(await seen(here, browser)).toBeNull();
  });

  it("what asks the store is not fooled by it", async () => {
    const here = snapshots();
    const browser = await signedIn(here);
    await here.sessions.revokeUser("ann");
    expect(await browser.visit((session) => session.userId)).toBeNull();
    expect(await seen(here, browser)).not.toBeNull();
  });
});

describe("G3 T8 nobody else's", () => {
  it("opens nothing without the session's token, or beside another one", async () => {
    const here = snapshots();
    const [ann, ben] = [await signedIn(here), await signedIn(here, "ben")];
    const text = ann.cookies.get(name) ?? "";
    ben.cookies.set(name, text);
    expect(await seen(here, ben)).toBeNull();
    ben.cookies.delete("__Host-session");
    expect(await seen(here, ben)).toBeNull();
    ben.cookies.set("__Host-session", `${ann.token.slice(0, 27)}${"A".repeat(43)}`); // ann's public id
    expect(await seen(here, ben)).toBeNull();
    for (const forged of [text, `ccs_${text.slice(4)}`]) expect(await here.sessions.validate(forged)).toBeNull();
  });

  it("is refused with any character changed, cut or added", async () => {
    const here = snapshots();
    const browser = await signedIn(here);
    const text = browser.cookies.get(name) ?? "";
    const changed = Array.from(
      text,
      (character, at) => text.slice(0, at) + (character === "A" ? "B" : "A") + text.slice(at + 1),
    );
    const others = [
      text.slice(1),
      text.slice(0, -1),
      `${text}A`,
      "",
      "ccc_.",
      `${text}.${text}`,
      `${text}=`,
      "x".repeat(9_000),
    ];
    for (const forged of [...changed, ...others]) {
      browser.cookies.set(name, forged);
      expect(await seen(here, browser)).toBeNull();
    }
  });

  it("C7 is not known where a cookie came twice, or with a token in the header", async () => {
    const here = snapshots();
    const browser = await signedIn(here);
    const cookie = browser.request().headers.get("cookie") ?? "";
    const read = (headers: Record<string, string>) =>
      readSnapshot(new Request("https://shop.example/", { headers }), { secrets: [secret], runtime: here.runtime });
    expect(await read({ cookie })).not.toBeNull();
    expect(await read({ cookie: `${cookie}; ${cookie}` })).not.toBeNull();
    expect(await read({ cookie: `${cookie}; __Host-session=ccs_x` })).toBeNull();
    expect(await read({ cookie: `${name}=x; ${cookie}` })).toBeNull();
    expect(await read({ cookie, authorization: "bearer x" })).toBeNull();
  });

  it("C15 any secret verifies, the first signs", async () => {
    const here = snapshots({ secrets: [next, secret] });
    const browser = await signedIn(here);
    expect(await seen(here, browser, [next])).not.toBeNull();
    expect(await seen(here, browser, [secret, next])).not.toBeNull();
    expect(await seen(here, browser, [secret])).toBeNull();
  });
});

describe("what cannot be copied", () => {
  it("C9 of a view that is too large there is no copy but an event, and nothing else is lost", async () => {
    const here = snapshots({ publicView: () => ({ text: "x".repeat(1_600) }) });
    const browser = await signedIn(here);
    expect([browser.lastResponse.status, lineOf(browser.lastResponse)]).toEqual([200, undefined]);
    expect(eventNames(here)).toContain("snapshot-skipped:too-large");
    expect(await browser.visit((session) => session.userId)).toBe("ann");
  });

  it("C9 name and value keep to maxBytes", async () => {
    const sizes = new Map<number, number | undefined>();
    for (let length = 0; length < 400; length += 7) {
      const here = snapshots({ snapshot: { maxStale: "30s", maxBytes: 512 }, publicView: () => "x".repeat(length) });
      const line = lineOf((await signedIn(here)).lastResponse);
      sizes.set(length, line === undefined ? undefined : line.indexOf(";") - 1);
    }
    const written = [...sizes.values()].filter((size) => size !== undefined);
    expect(Math.max(...written)).toBeLessThanOrEqual(512);
    expect(Math.max(...written)).toBeGreaterThan(500);
    expect([...sizes.values()]).toContain(undefined);
  });

  it("G8 a view that fails costs the copy alone", async () => {
    const here = snapshots({
      publicView: () => {
        throw new Error("no view");
      },
    });
    const browser = await signedIn(here);
    expect([browser.lastResponse.status, lineOf(browser.lastResponse)]).toEqual([200, undefined]);
    expect(eventNames(here)).toContain("snapshot-skipped:unavailable");
  });

  it("of a session that came in the header there is none", async () => {
    const here = snapshots({ bearer: true });
    const { token } = await here.sessions.create({ userId: "ann" });
    const browser = new Browser(here);
    expect(await browser.visit((session) => session.userId, { authorization: `Bearer ${token}` })).toBe("ann");
    expect(browser.lastResponse.headers.getSetCookie()).toEqual([]);
  });
});

describe("the options", () => {
  const problem = (options: object) => () =>
    createSessions({ store: memoryStore(), origins: ["https://shop.example"], secrets: [secret], ...options } as never);
  it.each([
    [{ snapshot: {} }, "CONFIG_INVALID"],
    [{ snapshot: { maxStale: "6m" } }, "CONFIG_INVALID"],
    [{ snapshot: { maxStale: 999 } }, "CONFIG_INVALID"],
    [{ snapshot: { maxStale: "30s", maxBytes: 4_097 } }, "CONFIG_INVALID"],
    [{ snapshot: { maxStale: "30s", maxBytes: 200 } }, "CONFIG_INVALID"],
    [{ snapshot: { maxStale: "30s", ttl: 1 } }, "CONFIG_INVALID"],
    [{ snapshot: { maxStale: "30s" }, secrets: [] }, "CONFIG_SECRET_MISSING"],
    [{ bearer: "yes" }, "CONFIG_INVALID"],
    [{ bearer: true, identity: () => null }, "CONFIG_INVALID"],
  ])("%j is %s", (options, code) => {
    expect(problem(options)).toThrow(expect.objectContaining({ code }));
  });

  it("of the reader: secrets, of 32 characters", async () => {
    const request = new Request("https://shop.example/");
    for (const secrets of [[], undefined]) {
      const reading = readSnapshot(request, { secrets: secrets as never });
      await expect(reading).rejects.toMatchObject({ code: "CONFIG_SECRET_MISSING" });
    }
    await expect(readSnapshot(request, { secrets: ["short"] })).rejects.toMatchObject({ code: "CONFIG_SECRET_WEAK" });
  });
});
