import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { memoryStore } from "../../src/stores/memory.ts";
import type { RecordChange } from "../../src/store/port.ts";
import type { SessionRecord } from "../../src/store/record.ts";

/** A store that the application reaches over HTTP: it counts the calls of all its processes and realms. */
export interface CountedStore {
  readonly url: string;
  /** The calls since the last time this was asked, in order. */
  taken(): string[];
  /** While it is down it answers nothing but errors. */
  setDown(down: boolean): void;
  /** How far its records' last-seen instants are moved into the past when they are read. */
  setAge(ms: number): void;
  readonly records: Map<string, SessionRecord>;
  close(): void;
}

type Call = { readonly method: string; readonly args: readonly unknown[] };

export async function startCountedStore(): Promise<CountedStore> {
  const memory = memoryStore();
  const records = new Map<string, SessionRecord>();
  let calls: string[] = [];
  let down = false;
  let age = 0;

  const methods: Record<string, (...args: never[]) => unknown> = {
    find: (ids: string[], now: number) => memory.find(ids, now).map((record) => record && aged(record, age)),
    create(record: SessionRecord) {
      records.set(record.id, record);
      return memory.create(record);
    },
    update: (id: string, change: RecordChange, now: number) => memory.update(id, change, now),
    destroy: (id: string, generation: number | null) => memory.destroy(id, generation ?? undefined),
    list: (userId: string, now: number) => memory.byUser.list(userId, now),
    destroyByUser: (userId: string, except: string | null) => memory.byUser.destroy(userId, except ?? undefined),
  };

  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { method, args } = JSON.parse(text) as Call;
    calls.push(method === "note" ? String(args[0]) : isTouch(method, args) ? "touch" : method);
    if (down && method !== "note") return void response.writeHead(500).end("down");
    const answer = method === "note" ? null : methods[method]?.(...(args as never[]));
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ answer }));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken() {
      const taken = calls;
      calls = [];
      return taken;
    },
    setDown: (value) => void (down = value),
    setAge: (value) => void (age = value),
    records,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function aged<Found>(record: Found, age: number): Found {
  const { lastSeenAt } = record as SessionRecord;
  return age === 0 || lastSeenAt === undefined ? record : { ...record, lastSeenAt: lastSeenAt - age };
}

function isTouch(method: string, args: readonly unknown[]): boolean {
  return method === "update" && (args[1] as RecordChange).touch !== undefined && (args[1] as RecordChange).set === undefined;
}
