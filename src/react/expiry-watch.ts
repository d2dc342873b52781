import type { SessionClient } from "../client/session-client.ts";
import type { Runtime } from "../runtime.ts";
import { deadlineOf, type Fields } from "./session-state.ts";
import type { SessionStore } from "./session-store.ts";

/** How the session stands to its deadline. */
export interface ExpiryState {
  /**
   * How long the session lasts unless something happens, in milliseconds, in whole seconds. It counts down while the warning
   * lasts. `null` on the server, before the first render in the browser, and when nobody is signed in.
   */
  readonly remaining: number | null;
  /** Whether it is time to ask "stay signed in?". */
  readonly isWarning: boolean;
  /** Whether the deadline has passed and the server does not say otherwise. */
  readonly isExpired: boolean;
  /** Whether `stay()` can help: not when the session reaches its absolute timeout. */
  readonly canStay: boolean;
}

export const noExpiry: ExpiryState = { remaining: null, isWarning: false, isExpired: false, canStay: false };

/** Watches the deadline of the session in this tab. */
export interface ExpiryWatch {
  /** Calls `show` now and when something changes, until the answered function is called. Ticks while the warning lasts. */
  start(warnBefore: number, show: (state: ExpiryState) => void): () => void;
  /** Moves the idle deadline, with one request for all tabs that ask at once. */
  stay(): Promise<void>;
}

/** What a watch works with. */
export interface ExpiryParts {
  readonly client: Pick<SessionClient<unknown>, "now" | "touch">;
  readonly session: SessionStore<unknown>;
  readonly runtime: Runtime;
  /** The locks that the tabs share, where the browser has them. */
  readonly locks: Pick<LockManager, "request"> | undefined;
  readonly lockName: string;
}

/** Longer waits than this overflow the timers of browsers. */
const longestWait = 2 ** 31 - 1;
/** How often the server is asked whether a deadline that has passed here has passed there. */
const mostAsks = 3;

const nothingAsked = (deadline: number) => ({
  deadline,
  toWarn: false,
  atEnd: 0,
  isAsking: false,
  at: Number.NEGATIVE_INFINITY,
});

export function createExpiryWatch({ client, session, runtime, locks, lockName }: ExpiryParts): ExpiryWatch {
  const viewNow = () => session.get().data as Fields | null | undefined;
  // What has been asked about one deadline, by all watchers together.
  let asked = nothingAsked(0);
  let staying: Promise<void> | null = null;

  function ask(kind: "toWarn" | "atEnd"): void {
    const about = asked;
    if (about.isAsking || Math.abs(runtime.now() - about.at) < 1_000) return;
    Object.assign(about, { isAsking: true, at: runtime.now(), [kind]: kind === "toWarn" || about.atEnd + 1 });
    void session.refresh().then(() => {
      about.isAsking = false;
      for (const step of steps) step();
    });
  }

  const steps = new Set<() => void>();

  function judge(warnBefore: number): { state: ExpiryState; wait: number } {
    const { isExpired, error } = session.get();
    const view = viewNow();
    const deadline = deadlineOf(view);
    if (deadline === null) return { state: { ...noExpiry, isExpired }, wait: longestWait };
    if (asked.deadline !== deadline) asked = nothingAsked(deadline);
    const left = Math.max(0, deadline - client.now());
    const isDue = left <= warnBefore;
    // Requests that the page knows nothing of may have moved the deadline: look before a visitor who is at work is warned.
    if (isDue && left > 0 && !asked.toWarn) ask("toWarn");
    if (left === 0 && asked.atEnd < (error ? 1 : mostAsks)) ask("atEnd");
    const isOver = left === 0 && (!asked.isAsking || asked.atEnd > 1);
    const isWarning = isDue && !isOver && !(asked.isAsking && asked.atEnd === 0);
    const canStay = view?.expiresAt !== deadline;
    const wait = left === 0 ? 1_000 : isDue ? left % 1_000 || 1_000 : left - warnBefore;
    return { state: { remaining: Math.ceil(left / 1_000) * 1_000, isWarning, isExpired: isOver, canStay }, wait };
  }

  async function touch(): Promise<void> {
    const change = () => session.change(client.touch);
    if (!locks) return change();
    const before = deadlineOf(viewNow()) ?? 0;
    const isElsewhere = await locks.request(lockName, { ifAvailable: true }, async (lock) => {
      if (lock) await change();
      return lock === null;
    });
    if (!isElsewhere) return;
    // Another tab is at it: what it reaches counts for this one too.
    await locks.request(lockName, async () => {
      await session.refresh();
      if ((deadlineOf(viewNow()) ?? 0) <= before) await change();
    });
  }

  return {
    start(warnBefore, show) {
      let cancel = () => {};
      const step = () => {
        cancel();
        const { state, wait } = judge(warnBefore);
        cancel = runtime.background(Math.min(wait, longestWait), step);
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
    stay() {
      staying ??= touch().finally(() => {
        staying = null;
      });
      return staying;
    },
  };
}
