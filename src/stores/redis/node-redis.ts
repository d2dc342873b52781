import { type Link, type Reply, settled } from "./client.ts";
import { createOpener, type Openable } from "./opener.ts";
import { type Lookout, listen } from "./silence.ts";
import { slotOf } from "./slot.ts";

/** Maps of the newer protocol come as plain lists, the cheapest form; and no mapping of the application's applies. */
const typeMapping = { 37: Array };
const asLists = { typeMapping };

/** A timer for each command costs more than the read itself. What is sent at once needs none: the engine has its own. */
const atOnce = { typeMapping, timeout: undefined };

type Command = readonly string[];

interface Single {
  sendCommand(command: Command, options?: object): Promise<unknown>;
  withTypeMapping?(mapping: object): Single;
  multi?(): Batch;
}

interface Batch {
  addCommand(command: Command): unknown;
  execAsPipeline(): Promise<readonly Reply[]>;
}

interface Sentinel {
  sendCommand(isReadonly: boolean, command: Command, options?: object): Promise<unknown>;
  multi(): {
    addCommand(isReadonly: boolean, command: Command): unknown;
    execAsPipeline(): Promise<readonly Reply[]>;
  };
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
export interface NodeRedis extends Openable {
  /** The prefix that the client puts before the keys of commands, but not of those sent as they are. */
  readonly _keyPrefix?: unknown;
}

/**
 * Makes the link over a client of node-redis. It is connected at the first command, unless it is already; and anew when its
 * one connection has been silent for too long, which it does not notice by itself as long as commands are sent.
 */
export function linkNodeRedis(client: NodeRedis, lookout: Lookout | null): Link {
  const { send, sendPair, ask, readTogether } = routeOf(client);
  const { open, openAnew } = createOpener(client, lookout?.runtime);
  const hear = lookout && hasOneConnection(client) ? listen(lookout, openAnew) : null;

  function readAll(keys: readonly string[]): Promise<readonly Reply[]> {
    const options = client.isReady ? atOnce : asLists;
    const readApart = () => Promise.all(keys.map((key) => settled(send(key, ["HGETALL", key], options))));
    if (!readTogether || !client.isReady || keys.length === 1) return readApart();
    // One failure fails them all; then each is read for itself.
    return readTogether(keys.map((key) => ["HGETALL", key])).catch(readApart);
  }

  const opened = <T>(task: () => Promise<T>): Promise<T> => {
    const opening = open();
    const answer = opening ? opening.then(task) : task();
    return hear ? hear(answer) : answer;
  };

  return {
    keyPrefix: client._keyPrefix === undefined ? "" : String(client._keyPrefix),
    send: (key, command) => opened(() => send(key, command, asLists)),
    readAll: (keys) => opened(() => readAll(keys)),
    sendPair: (key, first, second) => opened(() => sendPair(key, first, second)),
    ask: (command) => opened(() => ask(command)),
  };
}

interface Route {
  send(key: string, command: Command, options: object): Promise<Reply>;
  sendPair: Link["sendPair"];
  ask: Link["ask"];
  /** Sends many commands as one, which costs less than many. */
  readTogether?(commands: readonly Command[]): Promise<readonly Reply[]>;
}

// Nothing is ever sent as a read that a replica may answer.
function routeOf(client: object): Route {
  if (isCluster(client)) return routeOfCluster(client);
  if (isSentinel(client)) return routeOfSentinel(client);
  if (isPool(client)) return routeOfPool(client);
  const single = client as Single;
  const mapped = single.withTypeMapping?.(typeMapping) ?? single;
  const route: Route = {
    send: (_, command, options) => single.sendCommand(command, options),
    sendPair: (_, first, second) => pairOn(single, first, second),
    ask: (command) => single.sendCommand(command, asLists),
  };
  if (!mapped.multi) return route;
  return {
    ...route,
    readTogether(commands) {
      const batch = (mapped as Required<Single>).multi();
      for (const command of commands) batch.addCommand(command);
      return batch.execAsPipeline();
    },
  };
}

function routeOfPool(client: Pool): Route {
  return {
    send: (_, command, options) => client.sendCommand(command, options),
    sendPair: (_, first, second) => client.execute((one) => pairOn(one, first, second)),
    ask: (command) => client.sendCommand(command, asLists),
  };
}

function routeOfSentinel(client: Sentinel): Route {
  return {
    send: (_, command, options) => client.sendCommand(false, command, options),
    async sendPair(_, first, second) {
      // A pipeline keeps to one connection of the pool. One failure fails both.
      const pipeline = client.multi();
      pipeline.addCommand(false, first);
      pipeline.addCommand(false, second);
      return pipeline.execAsPipeline() as Promise<readonly [Reply, Reply]>;
    },
    ask: (command) => client.sendCommand(false, command, asLists),
  };
}

function routeOfCluster(client: Cluster): Route {
  async function nodeOf(slot: number): Promise<Single> {
    const master = client.slots[slot]?.master;
    if (master === undefined) throw new Error("The cluster has no node for this slot.");
    return client.nodeClient(master);
  }

  return {
    send: (key, command, options) => client.sendCommand(key, false, command, options),
    sendPair: async (key, first, second) => pairOn(await nodeOf(slotOf(key)), first, second),
    ask: async (command) => (await nodeOf(0)).sendCommand(command, asLists),
  };
}

function pairOn(client: Single, first: Command, second: Command): Promise<[Reply, Reply]> {
  return Promise.all([settled(client.sendCommand(first, asLists)), settled(client.sendCommand(second, asLists))]);
}

function hasOneConnection(client: object): boolean {
  return !isCluster(client) && !isSentinel(client) && !isPool(client);
}

function isCluster(client: object): client is Cluster {
  return "slots" in client && "nodeClient" in client;
}

function isSentinel(client: object): client is Sentinel {
  return "getSentinelNode" in client && "multi" in client;
}

function isPool(client: object): client is Pool {
  return "execute" in client && "totalClients" in client;
}
