import type { RequestListener } from "node:http";
import { expect, it } from "vitest";
import { z } from "zod";
import { createSessionClient } from "../../src/client/index.ts";
import { createSessions, memoryStore } from "../../src/index.ts";
import { listen, type Running } from "../http/servers.ts";

const sessions = createSessions({
  store: memoryStore(),
  origins: ["http://localhost"],
  secrets: ["a secret of at least thirty-two bytes"],
  actions: {
    rename: {
      input: z.object({ name: z.string() }),
      handler: ({ input, session }) => `${session.userId} ${input.name}`,
    },
    move: { method: "PUT", input: z.object({ to: z.number() }), handler: ({ input }) => ({ moved: input.to }) },
    look: { method: "GET", input: z.object({ at: z.string() }), handler: ({ input }) => ({ seen: input.at }) },
    drop: { method: "DELETE", auth: "anyone", handler: () => "dropped" },
  },
});

const handler: RequestListener = async (incoming, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method = "GET", url } = incoming;
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, `${value}`]);
  const body = chunks.length > 0 ? Buffer.concat(chunks) : null;
  const answer = await sessions.handler(new Request(`http://localhost${url}`, { method, headers, body }));
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
};

async function visitorOf(server: Running, userId: string) {
  const { token } = await sessions.create({ userId });
  const { name, value } = sessions.createSessionCookie(token);
  const visit: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("cookie", `${name}=${value}`);
    headers.set("sec-fetch-site", "same-origin");
    return fetch(input, { ...init, headers });
  };
  return createSessionClient<typeof sessions>({ basePath: `${server.origin}/api/session`, fetch: visit });
}

it("The client calls the application's actions by their methods, and ends a session by its id", async () => {
  const server = await listen(handler);
  try {
    const [client, other] = [await visitorOf(server, "ann"), await visitorOf(server, "ann")];
    expect(await client.action("rename", { name: "Ada" })).toBe("ann Ada");
    expect(await client.action("move", { to: 3 }, { method: "PUT" })).toEqual({ moved: 3 });
    expect(await client.action("look", { at: "a & b" }, { method: "GET" })).toEqual({ seen: "a & b" });
    expect(await client.action("drop", undefined, { method: "DELETE" })).toBe("dropped");
    await expect(client.action("move", { to: "x" as never }, { method: "PUT" })).rejects.toMatchObject({
      ...{ status: 400, error: "invalid_input" },
    });
    expect(await client.csrfToken("pay")).toMatch(/^[\w.-]+$/);
    const device = (await client.devices()).find(({ isCurrent }) => !isCurrent);
    expect(await client.revoke(device?.id ?? "")).toBe(true);
    expect(await client.revoke(device?.id ?? "")).toBe(false);
    expect(await other.getSession()).toBeNull();
    expect(await client.stopImpersonating()).toMatchObject({ userId: "ann" });
    expect(await client.signOut({ everywhere: true })).toBe(1);
    await expect(client.devices()).rejects.toMatchObject({ status: 401, error: "unauthenticated" });
  } finally {
    await server.stop();
  }
});
