/**
 * A client of node-redis: `createClient`, `createClientPool`, `createCluster` or `createSentinel` of `redis` or
 * `@redis/client`, 4 or later.
 */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  sendCommand(...args: never[]): Promise<unknown>;
}

/** A client of ioredis: `Redis` (with Sentinel too) or `Cluster`, 5 or later. */
export interface IoRedisClient {
  readonly status: string;
  call(...args: never[]): Promise<unknown>;
}

/** A client that the application has made. It stays the application's to configure and to close. */
export type RedisClient = NodeRedisClient | IoRedisClient;

/** What a client answered, or the error it failed with. */
export type Reply = unknown;

/** How commands reach the primary that holds a key. */
export interface Link {
  /** What the client itself puts before every key that it knows as one. Where we send raw commands, we have to. */
  readonly keyPrefix: string;
  /** Sends one command; the node is chosen by the key. */
  send(key: string, command: readonly string[]): Promise<Reply>;
  /** Reads many hashes: for each key its answer, or an `Error`. */
  readAll(keys: readonly string[]): Promise<readonly Reply[]>;
  /** Sends a command and, right behind it on the same connection, another one: for each its answer, or an `Error`. */
  sendPair(key: string, first: readonly string[], second: readonly string[]): Promise<readonly [Reply, Reply]>;
  /** Sends a command without a key to some node. */
  ask(command: readonly string[]): Promise<Reply>;
}

/** Turns the failure of a promise into an answer. */
export function settled(promise: Promise<unknown>): Promise<Reply> {
  return promise.then(undefined, asError);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error("the client failed without an error");
}

/** Tells which client a value is, by its structure. */
export function kindOf(client: unknown): "ioredis" | "node-redis" | null {
  if (typeof client !== "object" || client === null) return null;
  const { call, status, sendCommand, connect } = client as Partial<IoRedisClient & NodeRedisClient>;
  if (typeof call === "function" && typeof status === "string") return "ioredis";
  if (typeof sendCommand === "function" && typeof connect === "function" && "isOpen" in client) return "node-redis";
  return null;
}
