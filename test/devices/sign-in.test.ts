import { describe, expect, it } from "vitest";
import { nextSessions } from "../../src/adapters/next/next-sessions.ts";
import { withSession as withNodeSession } from "../../src/adapters/node.ts";
import { withSession as withWebSession } from "../../src/adapters/web.ts";
import type { DataSchemas } from "../../src/core/data-shape.ts";
import { createSessions, type DeviceOptions, memoryStore, type SignInOptions } from "../../src/index.ts";
import { countingStore, fakeRuntime } from "../../src/testing/index.ts";
import { listen, type Running, type Sessions } from "../http/servers.ts";
import { Browser, world } from "../support/world.ts";

const origins = ["https://shop.example"];
const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const visitor = "203.0.113.77";
const everything = { address: "full", trustedProxies: ["127.0.0.0/8"] } as const satisfies DeviceOptions;

/** Signs in with a request and answers what the list of sessions shows of its device. */
type SignInWith = (
  devices: DeviceOptions | undefined,
  headers: Record<string, string>,
  options?: SignInOptions,
) => Promise<unknown>;

function manager(devices: DeviceOptions | undefined): Sessions {
  return createSessions<DataSchemas, unknown, object>({ store: memoryStore(), origins, ...(devices && { devices }) });
}

async function listed(sessions: Pick<Sessions, "list">): Promise<unknown> {
  const [only, ...others] = await sessions.list("u1");
  expect(others).toEqual([]);
  return only?.device;
}

/** A real server of Node.js, asked over a real connection from 127.0.0.1. */
const overNode: SignInWith = async (devices, headers, options) => {
  const sessions = manager(devices);
  const running: Running = await listen(
    withNodeSession(sessions, async (_, response, session) => {
      await session.signIn("u1", options);
      response.end();
    }),
  );
  const { status } = await fetch(running.origin, { headers });
  await running.stop();
  expect(status).toBe(200);
  return listed(sessions);
};

/** What a runtime with `Request` and `Response` passes after the request. */
const overWeb =
  (...rest: unknown[]): SignInWith =>
  async (devices, headers, options) => {
    const sessions = manager(devices);
    const handler = withWebSession<never, unknown[]>(sessions as never, async (_, session: never) => {
      await (session as { signIn(userId: string, options?: SignInOptions): Promise<void> }).signIn("u1", options);
      return new Response("ok");
    });
    const { status } = await handler(new Request("https://shop.example/", { headers }), ...rest);
    expect(status).toBe(200);
    return listed(sessions);
  };

const overNext: SignInWith = async (devices, headers, options) => {
  const next = nextSessions({ store: memoryStore(), origins, ...(devices && { devices }) });
  const handler = next.withSession(async (request: Request) => {
    await (
      request as Request & { session: { signIn(id: string, options?: SignInOptions): Promise<void> } }
    ).session.signIn("u1", options);
    return new Response("ok");
  });
  const response = (await handler(new Request("https://shop.example/", { headers }) as never, {} as never)) as Response;
  expect(response.status).toBe(200);
  return listed(next.sessions as unknown as Sessions);
};

const ways: Record<string, SignInWith> = {
  "coatcheck/node": overNode,
  "coatcheck/web under Bun": overWeb({ requestIP: () => ({ address: "127.0.0.1" }) }),
  "coatcheck/web under Deno": overWeb({ remoteAddr: { hostname: "127.0.0.1" } }),
};

describe.each(Object.entries(ways))("signing in through %s", (_way, signInWith) => {
  it("remembers the name, and no address unless it is asked for", async () => {
    expect(await signInWith(undefined, { "user-agent": firefox })).toEqual({ name: "Firefox on Linux", address: null });
  });

  it("remembers the connection's address, whatever the headers claim", async () => {
    const headers = {
      "user-agent": firefox,
      "x-forwarded-for": visitor,
      "x-real-ip": visitor,
      forwarded: `for=${visitor}`,
    };
    expect(await signInWith({ address: "full" }, headers)).toEqual({ name: "Firefox on Linux", address: "127.0.0.1" });
  });

  it("remembers the visitor's address behind a trusted proxy, or only its network", async () => {
    const headers = { "user-agent": "curl/8.5.0", "x-forwarded-for": `198.51.100.1, ${visitor}` };
    expect(await signInWith(everything, headers)).toEqual({ name: "curl", address: visitor });
    expect(await signInWith({ ...everything, address: "coarse" }, headers)).toEqual({
      name: "curl",
      address: "203.0.113.0/24",
    });
  });

  it("remembers nothing where nothing is wanted", async () => {
    expect(await signInWith({ name: false }, { "user-agent": firefox })).toBeNull();
    expect(
      await signInWith({ name: false, ...everything }, { "user-agent": firefox, "x-forwarded-for": visitor }),
    ).toEqual({
      name: null,
      address: visitor,
    });
  });

  it.each([[{ label: "till 4" }], ["my phone"], [null], [false], [0]])(
    "stores what the application says, %j, exactly as it is",
    async (device) => {
      expect(await signInWith(everything, { "user-agent": firefox }, { device })).toEqual(device);
    },
  );

  it.each([
    ["no User-Agent", { "user-agent": "" }],
    ["a long one", { "user-agent": "Mozilla/5.0 (".repeat(500) }],
    ["a hostile one", { "user-agent": "__proto__", "x-forwarded-for": "constructor" }],
  ])("goes on with %s", async (_case, headers) => {
    expect(await signInWith(everything, headers)).toMatchObject({ name: null });
  });

  it("goes on where the application's function throws", async () => {
    const clientAddress = () => {
      throw new Error("no such header");
    };
    expect(await signInWith({ address: "full", clientAddress }, { "user-agent": firefox })).toEqual({
      name: "Firefox on Linux",
      address: null,
    });
  });
});

describe.each([
  ["coatcheck/web", overWeb()],
  ["coatcheck/next", overNext],
] as const)("signing in through %s, which knows no connection", (_way, signInWith) => {
  const headers = { "user-agent": firefox, "x-forwarded-for": `198.51.100.1, ${visitor}`, "x-real-ip": "2001:DB8::7" };

  it("remembers no address by a list of proxies", async () => {
    expect(await signInWith(everything, headers)).toEqual({ name: "Firefox on Linux", address: null });
  });

  it("remembers the address that the last of a number of proxies wrote", async () => {
    expect(await signInWith({ address: "full", trustedProxies: 1 }, headers)).toMatchObject({ address: visitor });
  });

  it("remembers the address that the application finds", async () => {
    const clientAddress: DeviceOptions["clientAddress"] = ({ header }) => header("x-real-ip");
    expect(await signInWith({ address: "full", clientAddress }, headers)).toMatchObject({ address: "2001:db8::7" });
    expect(await signInWith({ address: "coarse", clientAddress }, headers)).toMatchObject({ address: "2001:db8::/48" });
  });
});

describe("a device", () => {
  it("costs a sign-in no call of the store", async () => {
    const count = async (devices: DeviceOptions) => {
      const store = countingStore(memoryStore());
      const browser = new Browser(world({ store, devices }));
      await browser.visit((session) => session.set({ cart: [1] }));
      await browser.visit((session) => session.signIn("u1"), { "user-agent": firefox });
      return { ...store.counts };
    };
    expect(await count({ address: "full" })).toEqual(await count({ name: false }));
  });

  it("is that of the sign-in: a later one takes its place, and where nothing is seen it stays", async () => {
    const here = world();
    const browser = new Browser(here);
    await browser.visit((session) => session.signIn("u1"), { "user-agent": firefox });
    await browser.visit((session) => session.set({ step: 1 }), { "user-agent": "curl/8.5.0" });
    expect(await listed(here.sessions)).toMatchObject({ name: "Firefox on Linux" });
    await browser.visit((session) => session.signIn("u1"), { "user-agent": "curl/8.5.0" });
    expect(await listed(here.sessions)).toMatchObject({ name: "curl" });
    const session = await here.sessions.validate(browser.token);
    await session?.signIn("u1");
    expect(await listed(here.sessions)).toMatchObject({ name: "curl" });
  });

  it("is not made up for a session that no request began", async () => {
    const sessions = createSessions({ store: memoryStore(), origins, runtime: fakeRuntime() });
    await sessions.create({ userId: "u1" });
    expect(await listed(sessions as unknown as Sessions)).toBeNull();
  });

  it("of an anonymous visitor is not remembered", async () => {
    const here = world();
    const browser = new Browser(here);
    await browser.visit((session) => session.set({ cart: [1] }), { "user-agent": firefox });
    const id = await browser.visit((session) => session.id);
    const [record] = await here.store.find([id as string], here.runtime.now());
    expect(record).toMatchObject({ device: null });
  });
});
