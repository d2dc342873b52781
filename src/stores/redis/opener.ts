import { type Runtime, systemRuntime } from "../../runtime.ts";

const momentMs = 10;

/** The part of a client of node-redis that opens and closes it. */
export interface Openable {
  readonly isOpen: boolean;
  readonly isReady?: boolean;
  connect(): Promise<unknown>;
  destroy?(): void;
  on?(event: string, listener: (...args: never[]) => void): unknown;
  off?(event: string, listener: (...args: never[]) => void): unknown;
  listenerCount?(event: string): number;
}

/** Opens a client. */
export interface Opener {
  /** Connects a client that was never connected, once; again only if that failed. `null`: it is open. */
  open(): Promise<unknown> | null;
  /** Fails whatever waits for a connection that does not answer, and connects anew. */
  openAnew(): void;
}

/**
 * Makes the opener of a client. A client without a listener of errors would end the process at the first lost connection;
 * every call fails with an error of ours then, so that listening hides nothing.
 */
export function createOpener(client: Openable, runtime: Pick<Runtime, "background"> = systemRuntime): Opener {
  let opening: Promise<unknown> | null = null;
  let isPrepared = false;
  let isGreeting = false;

  const aMoment = () => new Promise<void>((resolve) => void runtime.background(momentMs, resolve));

  function begin(connecting: Promise<unknown>): Promise<unknown> {
    const end = (isOpen: boolean) => {
      if (opening !== connecting) return;
      opening = null;
      isPrepared = isOpen;
    };
    opening = connecting;
    connecting.then(
      () => end(true),
      () => end(false),
    );
    return connecting;
  }

  // Connecting goes on for as long as the server is away, and a promise keeps whatever waits for it. From the first failure
  // on the client itself decides what becomes of a command that cannot be sent: it has options for that.
  function connect(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const letGo = () => resolve(null);
      if (client.isReady !== undefined) client.on?.("error", letGo);
      const connecting = client.connect().finally(() => client.off?.("error", letGo));
      connecting.then(resolve, (error) => {
        isPrepared = false;
        reject(error);
      });
    });
  }

  function prepare(): void {
    isPrepared = true;
    if (client.listenerCount?.("error") === 0) client.on?.("error", () => {});
  }

  // Between these events it waits for the answer to its greeting, for which it has no time limit of its own.
  client.on?.("connect", () => {
    isGreeting = true;
  });
  for (const event of ["ready", "error", "reconnecting", "end"]) {
    client.on?.(event, () => {
      isGreeting = false;
    });
  }

  async function renew(before: Promise<unknown> | null): Promise<void> {
    client.destroy?.();
    await before?.catch(() => {});
    await aMoment(); // in which its own attempt to connect, where there is one, hears of the end
    if (!client.isOpen) await connect();
  }

  return {
    open() {
      if (!isPrepared) {
        prepare();
        if (!client.isOpen) return begin(connect());
      }
      return opening;
    },
    openAnew() {
      if (client.isReady || isGreeting) void begin(renew(opening));
    },
  };
}
