import { Redis } from "ioredis";
import { afterEach, describe, expect, it } from "vitest";
import { withSession } from "../../src/adapters/node.ts";
import type { DataSchemas } from "../../src/core/data-shape.ts";
import { createSessions, memoryStore, type SessionBus, type SessionEnded, type SessionStore } from "../../src/index.ts";
import { postgresBus } from "../../src/stores/postgres.ts";
import { redisBus } from "../../src/stores/redis.ts";
import { listen, type Running, type Sessions } from "../http/servers.ts";
import { cookieName } from "../http/site.ts";
import { describeWith } from "../require-services.ts";
import { hasProgram } from "../servers/programs.mjs";
import { startRedis } from "../servers/redis-server.mjs";
import { isReachable, openPool } from "../stores/postgres-clients.ts";
import { localBus } from "../support/local-bus.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function manager(store: SessionStore, bus: SessionBus): Sessions {
  return createSessions<DataSchemas, unknown, object>({ store, bus, origins: ["https://shop.example"] });
}

/** A stream of events that stays open as long as its session, as in the guide. */
function serveStream(sessions: Sessions): Promise<Running> {
  return listen(
    withSession(sessions, (_, response, session) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: hello\n\n");
      const close = () => response.end(`data: ${(session.signal.reason as SessionEnded).ending}\n\n`);
      session.signal.addEventListener("abort", close);
      response.on("close", () => session.signal.removeEventListener("abort", close));
    }),
  );
}

/** Opens a stream of a user in one instance, does something in the other, and answers what the stream said in the end. */
async function streamWhile(
  bus: () => SessionBus,
  act: (other: Sessions, session: { id: string; token: string }) => Promise<unknown>,
): Promise<string> {
  const store = memoryStore();
  const [one, other] = [manager(store, bus()), manager(store, bus())];
  const { token, session } = await one.create({ userId: "u1" });
  const running = await serveStream(one);
  closing.push(() => running.stop());
  const response = await fetch(running.origin, { headers: { cookie: `${cookieName}=${token}` } });
  const reader = (response.body as ReadableStream<BufferSource>).pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toBe("data: hello\n\n");
  await act(other, { id: session.id as string, token });
  let said = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) said += part.value;
  return said;
}

/** What it takes for a stream to be closed by each kind of end, over one bus. */
function streams(bus: () => SessionBus): void {
  it("closes the stream that another instance has open when the session is revoked", async () => {
    expect(await streamWhile(bus, (other, { id }) => other.revoke(id))).toBe("data: ended\n\n");
  });

  it("closes it when all sessions of the user are revoked", async () => {
    expect(await streamWhile(bus, (other) => other.revokeUser("u1"))).toBe("data: ended\n\n");
  });

  it("closes it when somebody signs in to it", async () => {
    const signIn = async (other: Sessions, { token }: { token: string }) => (await other.validate(token))?.signIn("u2");
    expect(await streamWhile(bus, signIn)).toBe("data: replaced\n\n");
  });
}

describe("a bus in the process", () => {
  const bus = localBus();
  streams(() => bus);
});

await describeWith(
  "redisBus",
  () => hasProgram("redis-server"),
  () => {
    const busAt = (url: string) => () => {
      const client = new Redis(url);
      client.on("error", () => undefined);
      closing.push(() => client.disconnect());
      return redisBus(client);
    };
    it("closes the stream that another instance has open when the session is revoked", async () => {
      const server = await startRedis();
      closing.push(() => server.stop());
      expect(await streamWhile(busAt(server.url), (other, { id }) => other.revoke(id))).toBe("data: ended\n\n");
    });
  },
);

await describeWith("postgresBus", isReachable, () => {
  const channel = `signals_${process.pid}`;
  streams(() => {
    const pool = openPool();
    closing.push(() => pool.end());
    return postgresBus(pool, { channel });
  });
});
