import { SessionStoreError } from "../../errors.ts";
import { kindOf, type RedisClient } from "./client.ts";

/** What a subscriber calls. */
export interface Ear {
  onMessage(message: string): void;
  /** The connection was lost, or is back: messages may have been missed. */
  onGap(): void;
}

/** Listens to a channel on a connection of its own. Resolves, once it listens, to a function that ends that. */
export async function listen(client: RedisClient, channel: string, ear: Ear): Promise<() => Promise<void>> {
  if (!("duplicate" in client)) throw cannotListen();
  if (kindOf(client) === "ioredis") return listenIoRedis(client as unknown as IoSubscriber, channel, ear);
  return listenNodeRedis(client as unknown as NodeSubscriber, channel, ear);
}

// Such as a pool of node-redis.
function cannotListen(): SessionStoreError {
  return new SessionStoreError("STORE_CAPABILITY_MISSING", "This client of Redis cannot listen.", {
    hint: "Give redisBus a client that can be duplicated: createClient, createCluster or createSentinel of node-redis, or one of ioredis.",
  });
}

interface NodeSubscriber {
  duplicate(): NodeSubscriber;
  on(event: string, listener: () => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  /** In version 4 `disconnect`. */
  destroy?(): unknown;
  disconnect?(): unknown;
}

async function listenNodeRedis(client: NodeSubscriber, channel: string, ear: Ear): Promise<() => Promise<void>> {
  const subscriber = client.duplicate();
  const end = async () => void (await (subscriber.destroy?.() ?? subscriber.disconnect?.()));
  subscriber.on("error", () => {});
  try {
    await subscriber.connect();
    await subscriber.subscribe(channel, (message) => ear.onMessage(String(message)));
  } catch (error) {
    await Promise.resolve(end()).catch(() => {});
    throw error;
  }
  for (const event of ["reconnecting", "ready", "node-disconnect", "node-ready"]) subscriber.on(event, ear.onGap);
  return end;
}

interface IoSubscriber {
  readonly isCluster?: boolean;
  duplicate(...args: object[]): IoSubscriber;
  on(event: string, listener: (channel: string, message: string) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

async function listenIoRedis(client: IoSubscriber, channel: string, ear: Ear): Promise<() => Promise<void>> {
  const options = { enableOfflineQueue: true };
  const subscriber = client.isCluster ? client.duplicate([], options) : client.duplicate(options);
  subscriber.on("error", () => {});
  subscriber.on("message", (from, message) => {
    if (from === channel) ear.onMessage(message);
  });
  try {
    await subscriber.subscribe(channel);
  } catch (error) {
    subscriber.disconnect();
    throw error;
  }
  for (const event of ["close", "-node"]) subscriber.on(event, ear.onGap);
  // "ready" comes before the client has subscribed again; asking once more tells when it has.
  for (const event of ["ready", "+node"]) {
    subscriber.on(event, () => void subscriber.subscribe(channel).then(ear.onGap, ear.onGap));
  }
  return async () => subscriber.disconnect();
}
