import type { Runtime } from "../runtime.ts";
import type { BusListener, SessionBus } from "./bus.ts";

/** Listening to a bus. */
export interface Listening {
  /** Begins to listen, in the background. Only the first call does anything. */
  start(): void;
  /** Stops for good. */
  stop(): Promise<void>;
}

/** Whom a failure is told, and the timers by which listening is tried again. */
export interface ListeningSettings {
  readonly onBusError: (error: unknown) => void;
  readonly runtime: Pick<Runtime, "background" | "jitter">;
}

const firstPause = 500;
const longestPause = 30_000;

/** Listens as long as it is not stopped: a subscription that fails is tried again, later and later, spread by chance. */
export function createListening(
  bus: SessionBus,
  listener: BusListener,
  { onBusError, runtime }: ListeningSettings,
): Listening {
  let state: "new" | "started" | "stopped" = "new";
  let leave = async () => {};
  let cancel = () => {};
  let failures = 0;

  async function subscribe(): Promise<void> {
    try {
      leave = await bus.subscribe(listener);
      failures = 0;
      if (state === "stopped") await leave();
      else listener.onGap(); // nobody has told of what changed before
    } catch (error) {
      onBusError(error);
      if (state !== "stopped") cancel = runtime.background(pauseBefore(failures++), () => void subscribe());
    }
  }

  function pauseBefore(retry: number): number {
    const longest = Math.min(firstPause * 2 ** Math.min(retry, 10), longestPause);
    return Math.ceil(longest * (0.5 + runtime.jitter() / 2));
  }

  return {
    start() {
      if (state !== "new") return;
      state = "started";
      void subscribe();
    },
    async stop() {
      state = "stopped";
      cancel();
      await leave().catch(onBusError);
    },
  };
}
