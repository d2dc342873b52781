import { SessionStoreError } from "../../errors.ts";
import type { Runtime } from "../../runtime.ts";
import type { ClientKind } from "./client.ts";

/** What a listener needs to know. */
export interface Listening {
  readonly channel: string;
  readonly runtime: Runtime;
  hear(payload: string): void;
  onGap(): void;
}

/** Listens, and gives a function that stops it. */
export type Listen = (client: never, listening: Listening) => Promise<() => Promise<void>>;

interface Connection {
  query(query: { readonly text: string; readonly query_timeout: number }): Promise<unknown>;
  on(event: "notification" | "error" | "end", listener: (message: { readonly payload?: string }) => void): unknown;
  release(destroy: true): void;
}

/** How each kind of client listens. */
export const listeners: Record<ClientKind, Listen> = {
  pg: (client: { connect(): Promise<Connection>; readonly totalCount?: number }, listening) =>
    client.totalCount === undefined ? cannotListen() : listenThroughPool(client, listening),
  "postgres.js": listenByItself,
  pglite: listenInProcess,
  function: cannotListen,
};

async function cannotListen(): Promise<never> {
  throw new SessionStoreError("STORE_CAPABILITY_MISSING", "This client of PostgreSQL cannot listen.", {
    hint: "Give postgresBus a Pool of pg, the sql function of postgres.js, or a PGlite.",
  });
}

async function listenByItself(
  client: {
    listen(channel: string, hear: Listening["hear"], onListen: () => void): Promise<{ unlisten(): Promise<unknown> }>;
  },
  { channel, hear, onGap }: Listening,
): Promise<() => Promise<void>> {
  let isAgain = false;
  const { unlisten } = await client.listen(channel, hear, () => {
    if (isAgain) onGap();
    isAgain = true;
  });
  return async () => void (await unlisten());
}

// PGlite keeps a listener of a quoted channel although it was told to stop.
async function listenInProcess(
  client: { listen(channel: string, hear: (payload: string) => void): Promise<() => Promise<void>> },
  { channel, hear }: Listening,
): Promise<() => Promise<void>> {
  let isStopped = false;
  const stop = await client.listen(`"${channel}"`, (payload) => isStopped || hear(payload));
  return () => {
    isStopped = true;
    return stop();
  };
}

const firstPauseMs = 50;
const longestPauseMs = 10_000;
const betweenBeatsMs = 10_000;
const timeLimitMs = 5_000;

// Keeps one connection of a pool. A beat now and then finds out about one that is half open: it would be silent for ever.
async function listenThroughPool(
  pool: { connect(): Promise<Connection> },
  { channel, runtime, hear, onGap }: Listening,
): Promise<() => Promise<void>> {
  let isStopped = false;
  let close = () => {};
  let cancelRetry = () => {};

  async function open(): Promise<void> {
    const connection = await pool.connect();
    let isListening = false;
    let cancelBeat = () => {};
    const end = () => {
      close = () => {};
      cancelBeat();
      connection.release(true);
    };
    const lose = () => {
      if (!isListening) return;
      isListening = false;
      end();
      onGap();
      tryAgain(1);
    };
    const beat = () => {
      cancelBeat = runtime.background(betweenBeatsMs, () => {
        connection.query({ text: "SELECT 1", query_timeout: timeLimitMs }).then(() => isListening && beat(), lose);
      });
    };
    connection.on("notification", ({ payload = "" }) => isListening && hear(payload));
    connection.on("error", lose);
    connection.on("end", lose);
    try {
      await connection.query({ text: `LISTEN "${channel}"`, query_timeout: timeLimitMs });
    } catch (error) {
      end();
      throw error;
    }
    if (isStopped) return end();
    isListening = true;
    close = () => {
      isListening = false;
      end();
    };
    beat();
  }

  function tryAgain(tries: number): void {
    const pauseMs = Math.min(firstPauseMs * 2 ** tries, longestPauseMs) * (0.5 + runtime.jitter() / 2);
    cancelRetry = runtime.background(pauseMs, () => {
      open().then(
        () => isStopped || onGap(),
        () => isStopped || tryAgain(tries + 1),
      );
    });
  }

  await open();
  return async () => {
    isStopped = true;
    cancelRetry();
    close();
  };
}
