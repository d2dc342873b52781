import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FaultyProxy } from "./proxy.mjs";

describe("the proxy of the fault programs", () => {
  let server: Server;
  let proxy: FaultyProxy;
  let heard: string;
  const clients: Socket[] = [];

  beforeEach(async () => {
    heard = "";
    server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        heard += bytes;
        socket.write(`echo ${bytes}`);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    proxy = await FaultyProxy.open((server.address() as { port: number }).port);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await proxy.close();
    server.close();
  });

  /** Says something on a new connection: what comes back until it ends, and the code it ends with. */
  function connected() {
    const client = connect(proxy.port, "127.0.0.1");
    clients.push(client);
    const state = { client, text: "", code: "" };
    client.on("data", (bytes) => {
      state.text += bytes;
    });
    client.on("error", (error: NodeJS.ErrnoException) => {
      state.code = error.code ?? "";
    });
    return state;
  }
  const says = async (state: { client: Socket; text: string }, words: string) => {
    state.client.write(words);
    await once(state.client, "data");
  };
  const closed = (state: { client: Socket }) => new Promise((resolve) => state.client.once("close", resolve));
  const turns = async (count = 20) => {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  };

  it("carries bytes both ways, then cuts, and carries again on a new connection", async () => {
    const first = connected();
    await says(first, "one");
    expect(first.text).toBe("echo one");
    proxy.cut();
    await closed(first);
    expect(first.code).toBe("ECONNRESET");
    const second = connected();
    await says(second, "two");
    expect(second.text).toBe("echo two");
  });

  it("refuses new connections until it is lifted, on the same port", async () => {
    const { port } = proxy;
    await proxy.refuse();
    const refused = connected();
    await closed(refused);
    expect(refused.code).toBe("ECONNREFUSED");
    await proxy.lift();
    expect(proxy.port).toBe(port);
    const client = connected();
    await says(client, "again");
    expect(client.text).toBe("echo again");
  });

  it("swallows everything in a black hole, for good, and accepts new connections meanwhile", async () => {
    const old = connected();
    await says(old, "one");
    proxy.blackHole();
    const fresh = connected();
    await once(fresh.client, "connect");
    fresh.client.write("two");
    old.client.write("three");
    await turns();
    await proxy.lift();
    fresh.client.write("four");
    await turns();
    expect([old.text, fresh.text, heard]).toEqual(["echo one", "", "one"]);
    expect([old.client.destroyed, fresh.client.destroyed]).toEqual([false, false]);
  });

  it("half open: what is there is dead, what comes new works", async () => {
    const old = connected();
    await says(old, "one");
    proxy.halfOpen();
    old.client.write("two");
    const fresh = connected();
    await says(fresh, "three");
    expect([old.text, fresh.text, heard]).toEqual(["echo one", "echo three", "onethree"]);
  });

  it("holds bytes back and delivers them when it is lifted", async () => {
    const client = connected();
    await says(client, "one");
    proxy.stall();
    client.client.write("two");
    await turns();
    expect(heard).toBe("one");
    const data = once(client.client, "data");
    await proxy.lift();
    await data;
    expect(client.text).toBe("echo oneecho two");
  });

  it("delays every chunk, and none overtakes another", async () => {
    const client = connected();
    await says(client, "one");
    proxy.delay(30);
    const start = performance.now();
    client.client.write("two");
    await turns(5);
    proxy.delay(1);
    client.client.write("three");
    while (!client.text.includes("three")) await turns(1);
    expect(client.text.replaceAll("echo ", "")).toBe("onetwothree");
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
  });

  it("resets in the middle of an answer", async () => {
    const isReset = proxy.resetAfter(6);
    const client = connected();
    client.client.write("one");
    await Promise.all([isReset, closed(client)]);
    expect(client.text).toBe("echo o");
  });

  it("loses one answer to what was carried out, and no other", async () => {
    const client = connected();
    await once(client.client, "connect");
    proxy.loseAnswer();
    client.client.write("one");
    await closed(client);
    expect([client.text, heard]).toEqual(["", "one"]);
    const next = connected();
    await says(next, "two");
    expect(next.text).toBe("echo two");
  });
});
