import { type Link, type Reply, settled } from "./client.ts";

type Call = (name: string, ...args: string[]) => Promise<unknown>;

interface Pipeline {
  call(name: string, ...args: readonly string[]): unknown;
  exec(): Promise<ReadonlyArray<readonly [error: unknown, reply: unknown]> | null>;
}

/** What we use of a client of ioredis. */
export interface IoRedis {
  readonly isCluster?: boolean;
  readonly options?: {
    readonly scaleReads?: unknown;
    readonly role?: unknown;
    readonly readOnly?: unknown;
  };
  call(name: string, ...args: readonly string[]): Promise<unknown>;
  pipeline(): Pipeline;
}

/** Makes the link over a client of ioredis, which itself prefixes keys and follows the slots of a cluster. */
export function linkIoRedis(client: IoRedis): Link {
  const send: Link["send"] = (_, command) => call(client, command);
  return {
    keyPrefix: "",
    send,
    readAll(keys) {
      if (client.isCluster || keys.length === 1) {
        return Promise.all(keys.map((key) => settled(client.call("hgetall", key))));
      }
      return together(
        client,
        keys.map((key) => ["hgetall", key]),
      );
    },
    ask: (command) => call(client, command),
    async sendPair(_, first, second) {
      return (await together(client, [first, second])) as readonly [Reply, Reply];
    },
  };
}

function call(client: IoRedis, [name = "", ...args]: readonly string[]): Promise<unknown> {
  return (client.call as Call).call(client, name.toLowerCase(), ...args);
}

// One write to the socket, and one promise instead of one for each command.
async function together(client: IoRedis, commands: ReadonlyArray<readonly string[]>): Promise<readonly Reply[]> {
  const pipeline = client.pipeline();
  for (const [name = "", ...args] of commands) pipeline.call(name.toLowerCase(), ...args);
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, reply]) => error ?? reply);
}

/** What of a client's configuration would let a replica answer, which may not know yet who was signed out. */
export function replicaReadsOfIoRedis({ options }: IoRedis): string | null {
  const { scaleReads, role, readOnly } = options ?? {};
  if (scaleReads !== undefined && scaleReads !== "master") return 'scaleReads must be "master"';
  if (role === "slave") return 'role must be "master"';
  if (readOnly === true) return "readOnly must be false";
  return null;
}
