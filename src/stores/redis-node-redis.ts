import { type Link, type Reply, settled } from "./redis-client.ts";
import { slotOf } from "./redis-slot.ts";

/** Maps of the newer protocol come as plain lists, the cheapest form; and no mapping of the application's applies. */
const asLists = { typeMapping: { 37: Array } };

type Command = readonly string[];

interface Single {
  sendCommand(command: Command, options?: object): Promise<unknown>;
}

interface Sentinel {
  sendCommand(isReadonly: boolean, command: Command, options?: object): Promise<unknown>;
  use<T>(task: (client: Sentinel) => Promise<T>): Promise<T>;
}

interface Pool extends Single {
  execute<T>(task: (client: Single) => Promise<T>): Promise<T>;
}

interface Cluster {
  sendCommand(key: string, isReadonly: boolean, command: Command, options?: object): Promise<unknown>;
  readonly slots: ReadonlyArray<{ readonly master: unknown } | undefined>;
  nodeClient(node: unknown): Promise<Single> | Single;
}

/** What we use of a client of node-redis, whichever it is. */
export interface NodeRedis {
  readonly isOpen: boolean;
  /** The prefix that the client puts before the keys of commands, but not of those sent as they are. */
  readonly _keyPrefix?: unknown;
  connect(): Promise<unknown>;
  on?(event: string, listener: (...args: never[]) => void): unknown;
  listenerCount?(event: string): number;
}

/** Makes the link over a client of node-redis. It is connected at the first command, unless it is already. */
export function linkNodeRedis(client: NodeRedis): Link {
  const { send, sendPair } = routeOf(client);
  const open = opener(client);
  return {
    keyPrefix: client._keyPrefix === undefined ? "" : String(client._keyPrefix),
    send: (key, command) => (client.isOpen ? send(key, command) : open().then(() => send(key, command))),
    readAll(keys) {
      const read = () => Promise.all(keys.map((key) => settled(send(key, ["HGETALL", key]))));
      return client.isOpen ? read() : open().then(read);
    },
    sendPair: (key, first, second) => open().then(() => sendPair(key, first, second)),
  };
}

type Route = Pick<Link, "send" | "sendPair">;

// Nothing is ever sent as a read that a replica may answer.
function routeOf(client: object): Route {
  if (isCluster(client)) return routeOfCluster(client);
  if (isSentinel(client)) return routeOfSentinel(client);
  const single = client as Single;
  return {
    send: (_, command) => single.sendCommand(command, asLists),
    sendPair: (_, first, second) => {
      if (isPool(client)) return client.execute((one) => pairOn(one, first, second));
      return pairOn(single, first, second);
    },
  };
}

function routeOfSentinel(client: Sentinel): Route {
  return {
    send: (_, command) => client.sendCommand(false, command, asLists),
    sendPair: (_, first, second) =>
      client.use((leased) => pairOn({ sendCommand: (command) => leased.sendCommand(false, command) }, first, second)),
  };
}

function routeOfCluster(client: Cluster): Route {
  return {
    send: (key, command) => client.sendCommand(key, false, command, asLists),
    async sendPair(key, first, second) {
      const master = client.slots[slotOf(key)]?.master;
      if (master === undefined) throw new Error("The cluster has no node for this slot.");
      return pairOn(await client.nodeClient(master), first, second);
    },
  };
}

function pairOn(client: Single, first: Command, second: Command): Promise<[Reply, Reply]> {
  return Promise.all([settled(client.sendCommand(first, asLists)), settled(client.sendCommand(second, asLists))]);
}

function isCluster(client: object): client is Cluster {
  return "slots" in client && "nodeClient" in client;
}

function isSentinel(client: object): client is Sentinel {
  return "getSentinelNode" in client && "use" in client;
}

function isPool(client: object): client is Pool {
  return "execute" in client && "totalClients" in client;
}

/**
 * Connects a client once. A client without a listener of errors would end the process at the first lost connection; every
 * call fails with an error of ours then, so that nothing is hidden by listening.
 */
function opener(client: NodeRedis): () => Promise<unknown> {
  let opening: Promise<unknown> | null = null;

  return () => {
    if (client.listenerCount?.("error") === 0) client.on?.("error", () => {});
    if (client.isOpen) return Promise.resolve();
    opening ??= client.connect();
    return opening;
  };
}
