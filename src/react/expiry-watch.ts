import type { Requests } from "../client/requests.ts";
import type { Clock } from "../runtime.ts";
import { deadlineOf } from "./session-state.ts";
import type { SessionStore } from "./session-store.ts";

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

/** What a watch works with. */
export interface ExpiryParts {
  readonly requests: Requests;
  readonly session: SessionStore;
  readonly clock: Clock;
  /** The locks that the tabs share, where the browser has them. */
  readonly locks: Pick<LockManager, "request"> | undefined;
  /** What the lock is called. */
  readonly name: string;
}

const second = 1_000;
/** Longer waits overflow the timers of browsers. */
const longestWait = 2 ** 31 - 1;
/** What the server has been asked about a deadline: nothing; whether to warn; whether it has really passed. */
const [nothingYet, whetherToWarn, whetherItPassed] = [0, 1, 2];

export function createExpiryWatch({ requests, session, clock, locks, name }: ExpiryParts): ExpiryWatch {
  const nothing: UseExpiry = { remaining: null, isWarning: false, isExpired: false, canStay: false, stay };
  const steps = new Set<() => void>();
  // About one deadline, for all watchers together.
  let asked = { deadline: 0, about: nothingYet, isWaiting: false };
  let staying: Promise<void> | undefined;

  function ask(about: number): void {
    const mine = asked;
    if (mine.isWaiting || mine.about === about) return;
    Object.assign(mine, { about, isWaiting: true });
    void session.refresh().then(() => {
      mine.isWaiting = false;
      for (const step of steps) step();
    });
  }

  /** Judges the present instant, and asks where it is time to. The second value is how long that holds. */
  function judge(warnBefore: number): [UseExpiry, number] {
    const { data, isExpired } = session.get();
    const deadline = deadlineOf(data);
    if (deadline === Number.POSITIVE_INFINITY) return [{ ...nothing, isExpired }, longestWait];
    if (asked.deadline !== deadline) asked = { deadline, about: nothingYet, isWaiting: false };
    const left = deadline - requests.now();
    const isDue = left <= warnBefore;
    // A second late, since the server's clock is known to within half a round trip: asked too early it would not agree.
    if (left <= -second) ask(whetherItPassed);
    // Requests that the page knows nothing of may have moved the deadline: look before a visitor who is at work is warned.
    else if (isDue && asked.about !== whetherItPassed) ask(whetherToWarn);
    const hasPassed = asked.about === whetherItPassed;
    const state = {
      remaining: Math.max(0, Math.ceil(left / second) * second),
      isWarning: isDue && (hasPassed ? asked.isWaiting : !asked.isWaiting),
      isExpired: hasPassed && !asked.isWaiting,
      canStay: data?.expiresAt !== deadline,
      stay,
    };
    return [state, isDue ? (left > 0 && left % second) || second : left - warnBefore];
  }

  async function touch(): Promise<void> {
    const move = () => session.change("/touch");
    if (!locks) return move();
    await locks.request(name, { ifAvailable: true }, (lock) =>
      // Another tab is at it: what it reaches counts for this one too.
      lock ? move() : locks.request(name, session.refresh),
    );
  }

  function stay(): Promise<void> {
    staying ??= touch().finally(() => {
      staying = undefined;
    });
    return staying;
  }

  return {
    nothing,
    start(warnBefore, show) {
      let cancel = () => {};
      const step = () => {
        cancel();
        const [state, wait] = judge(warnBefore);
        cancel = clock.background(Math.min(wait, longestWait), step);
        show(state);
      };
      steps.add(step);
      const stop = session.subscribe(step);
      step();
      return () => {
        steps.delete(step);
        stop();
        cancel();
      };
    },
  };
}
