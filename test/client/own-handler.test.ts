import { afterEach, beforeEach, expect, it } from "vitest";
import { createSessionClient } from "../../src/client/index.ts";
import { bridge, listen, type Running } from "../http/servers.ts";
import { world } from "../support/world.ts";

let server: Running;
let here: ReturnType<typeof world>;

beforeEach(async () => {
  here = world();
  server = await listen(bridge((request) => here.sessions.handler(request)));
});
afterEach(() => server.stop());

it("The client asks the package's own handler, and is signed out by it", async () => {
  const { token, session } = await here.sessions.create({ userId: "u1" });
  const { name, value } = here.sessions.createSessionCookie(token);
  const visitor: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("cookie", `${name}=${value}`);
    headers.set("sec-fetch-site", "same-origin");
    return fetch(input, { ...init, headers });
  };
  const client = createSessionClient<typeof here.sessions>({
    basePath: `${server.origin}/api/session`,
    fetch: visitor,
    runtime: here.runtime,
  });
  expect(await client.getSession({ passive: true })).toMatchObject({ id: session.id, userId: "u1" });
  await here.sessions.create({ userId: "u1" });
  expect((await client.devices()).map((device) => device.isCurrent).sort()).toEqual([false, true]);
  expect(await client.revokeOthers()).toBe(1);
  here.runtime.advance("1h");
  expect(await client.touch()).toMatchObject({ idleExpiresAt: here.runtime.now() + 7 * 86_400_000 });
  expect(client.now()).toBe(here.runtime.now());
  await client.signOut();
  expect(await client.getSession()).toBeNull();
});
