import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { failingStore } from "../../src/testing/index.ts";
import { Browser, world } from "../support/world.ts";

const secretData = "4111-1111-1111-1111";
const printed: string[] = [];

beforeEach(() => {
  for (const method of ["log", "warn", "error", "info", "debug"] as const) {
    vi.spyOn(console, method).mockImplementation(
      (...values) => void printed.push(values.map((value) => inspect(value)).join(" ")),
    );
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  printed.length = 0;
});

/** Everything that could end up in a log, after a life with every kind of trouble. */
async function everythingSaid(store: SessionStore): Promise<{ said: string; secrets: string[] }> {
  const failing = failingStore(store);
  const here = world({ store: failing, storeTimeLimit: 1 });
  const said: unknown[] = [];
  const note = async (promise: Promise<unknown>) => void said.push(await promise.catch((error) => error));
  const { token, session } = await here.sessions.create({
    userId: "u1",
    data: { card: secretData },
    device: { name: "Firefox" },
  });
  const next = await session.signIn("u1");
  const last = (await session.rotate()) ?? "";
  await note(session.set({ card: new Date(secretData.length) }));
  await note(session.update("card", () => Number.NaN));
  await note(session.set({ card: secretData.repeat(9_000) }));
  await note(here.sessions.list("u1"));
  await note(here.sessions.validate(token));
  const browser = new Browser(here);
  browser.cookies.set("__Host-session", last);
  await browser.visit(
    (visited) =>
      void said.push(visited, JSON.stringify(visited), `${inspect(visited, { depth: 9, showHidden: false })}`),
  );
  said.push(await (await here.sessions.handler(browser.request())).text());
  failing.fail("find", "refuse");
  const reading = note(here.sessions.validate(last));
  await here.runtime.settle();
  here.runtime.advance("1s"); // the pause before the second try
  await reading;
  await note(session.destroy());
  said.push(here.events, session);
  const secrets = [token, next, last].flatMap((one) => [one, one.split(".")[1] ?? one]);
  const digests = await Promise.all(
    secrets.map(async (secret) =>
      Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret))).toString("base64url"),
    ),
  );
  return {
    said: said.map((value) => inspect(value, { depth: 12, getters: true })).join("\n") + printed.join("\n"),
    secrets: [...secrets, ...digests, secretData],
  };
}

describe("G14 silent logs", () => {
  it("T10 G1 no token, secret, digest or session data in an error, event, line, list, body or inspection", async () => {
    const { said, secrets } = await everythingSaid(memoryStore());
    expect(said).toContain("u1");
    for (const secret of secrets) expect(said).not.toContain(secret);
  });

  it("negative control: a session whose data is printed is noticed", async () => {
    const { secrets } = await everythingSaid(memoryStore());
    const here = world();
    const { session } = await here.sessions.create({ data: { card: secretData } });
    const said = inspect(session.data);
    expect(secrets.some((secret) => said.includes(secret))).toBe(true);
  });

  it("logging a session whose public view is rejected leaves no rejection behind that ends the process", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    const here = world({ publicView: () => Promise.reject(new Error("the view's own")) });
    const { session } = await here.sessions.create({ userId: "u1" });
    inspect(session);
    JSON.stringify(session);
    await new Promise((resolve) => setImmediate(resolve)); // rejections are reported between two turns of the event loop
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
    await expect(session.toClient()).rejects.toThrow("the view's own"); // whoever waits is told
  });

  it("G3 a listener that throws fails no request", async () => {
    const here = world({
      onEvent: () => {
        throw new Error("the listener's own");
      },
    });
    await expect(here.sessions.create()).resolves.toBeDefined();
    expect(printed.join()).toContain("the listener's own");
  });
});
