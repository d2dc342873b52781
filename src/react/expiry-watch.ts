import type { Requests } from "../client/requests.ts";
import { type Clock, systemClock } from "../runtime.ts";
import { deadlineOf } from "./session-state.ts";
import type { SessionStore } from "./session-store.ts";
import { singleFlight } from "./single-flight.ts";

/** How the session stands to its deadline, and what to do about it. */
export interface UseExpiry {
  /**
   * How long the session lasts unless something happens, in milliseconds, in whole seconds. It counts down while the warning
   * lasts. `null` on the server, in the first render, and when nobody is signed in.
   */
  readonly remaining: number | null;
  /** Whether it is time to ask "stay signed in?". */
  readonly isWarning: boolean;
  /** Whether the session ended by a deadline, or the deadline has passed and the server could not be asked. */
  readonly isExpired: boolean;
  /** Whether `stay()` can help: not when the session nears its absolute timeout. */
  readonly canStay: boolean;
  /**
   * "Stay signed in": moves the idle deadline now. Tabs that ask at the same time make one request, and all of them close
   * their dialogs.
   *
   * @throws {@link SessionClientError} It was not confirmed: the deadline stands.
   */
  stay(): Promise<void>;
}

/** Watches the deadline of the session in this tab. */
export interface ExpiryWatch {
  /** The state before anything is watched, and on a server. */
  readonly nothing: UseExpiry;
  /** Calls `show` now and when something changes, until the answered function is called. Ticks while the warning lasts. */
  start(warnBefore: number, show: (state: UseExpiry) => void): () => void;
}

const second = 1_000;
/** Longer waits overflow the timers of browsers. */
const longestWait = 2 ** 31 - 1;

/** @param locks The locks that the tabs share, where the browser has them. */
export function createExpiryWatch(
  tab: Requests & SessionStore & { readonly name: string },
  locks: Pick<LockManager, "request"> | undefined,
  clock: Clock = systemClock,
): ExpiryWatch {
  const move = () => tab.change("/touch");
  const stay = singleFlight(async () =>
    locks
      ? locks.request(tab.name, { ifAvailable: true }, (lock) =>
          // Another tab is at it: what it reaches counts for this one too.
          lock ? move() : locks.request(tab.name, tab.refresh),
        )
      : move(),
  );

  function start(warnBefore: number, show: (state: UseExpiry) => void): () => void {
    let cancel: (() => void) | undefined;

    function step(): void {
      cancel?.();
      const { data, isExpired } = tab.get();
      const left = deadlineOf(data) - tab.now();
      const isDue = left <= warnBefore;
      // What was left when the server was asked last. Half a second is for what the clocks disagree.
      const asked = left + tab.age() - second / 2;
      const hasPassed = asked <= -second;
      // Requests that the page knows nothing of may have moved the deadline: look before a visitor who is at work is warned.
      // A second late, since the server's clock is known to within half a round trip: asked too early it would not agree.
      if (isDue && asked > (left > -second ? warnBefore : -second)) tab.look(0);
      const wait = isDue ? Math.max(left % second, 0) || second : left - warnBefore;
      cancel = clock.after(Math.min(wait, longestWait), step);
      show({
        remaining: left < Infinity ? Math.max(0, Math.ceil(left / second) * second) : null,
        isWarning: isDue && asked <= warnBefore && !hasPassed,
        isExpired: isExpired || hasPassed,
        canStay: left < Infinity && data?.expiresAt !== deadlineOf(data),
        stay,
      });
    }

    const stop = tab.subscribe(step);
    step();
    return () => {
      stop();
      cancel?.();
    };
  }

  return { nothing: { remaining: null, isWarning: false, isExpired: false, canStay: false, stay }, start };
}
