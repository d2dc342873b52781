import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RecordChange, SessionStore } from "../../src/store/port.ts";
import type { SessionRecord } from "../../src/store/record.ts";
import { memoryStore } from "../../src/stores/memory.ts";

/** A store that the application reaches over HTTP: it counts the calls of all its processes and realms. */
export interface CountedStore {
  readonly url: string;
  /** The store itself, for calls that are not counted. */
  readonly records: SessionStore;
  /** The calls since the last time this was asked, in order; user look-ups and extensions among them. */
  taken(): string[];
  /** While it is down it answers nothing but errors. */
  setDown(down: boolean): void;
  /** While it is careless it changes a record whatever it holds. */
  setCareless(careless: boolean): void;
  close(): void;
}

interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
}

export async function startCountedStore(): Promise<CountedStore> {
  const records = memoryStore();
  let calls: string[] = [];
  let down = false;
  let careless = false;
  const methods: Readonly<Record<string, (...args: never[]) => unknown>> = {
    find: (ids: string[], now: number) => records.find(ids, now),
    create: (record: SessionRecord) => records.create(record),
    update: (id: string, { expect, ...change }: RecordChange, now: number) =>
      records.update(id, { ...change, ...(expect && !careless && { expect }) }, now),
    // JSON has no undefined.
    destroy: (id: string, generation: number | null) => records.destroy(id, generation ?? undefined),
    list: (userId: string, now: number) => records.byUser?.list(userId, now),
  };

  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { method, args } = JSON.parse(text) as Call;
    calls.push(nameOf({ method, args }));
    if (down && method !== "note") return void response.writeHead(500).end("down");
    const answer = methods[method]?.(...(args as never[])) ?? null;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ answer }));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    records,
    taken() {
      const taken = calls;
      calls = [];
      return taken;
    },
    setDown(value) {
      down = value;
    },
    setCareless(value) {
      careless = value;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function nameOf({ method, args }: Call): string {
  if (method === "note") return String(args[0]);
  const isTouch = method === "update" && (args[1] as RecordChange).touch !== undefined;
  return isTouch && (args[1] as RecordChange).set === undefined ? "touch" : method;
}
