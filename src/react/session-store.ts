import type { SessionClientError } from "../client/client-error.ts";
import type { Requests } from "../client/requests.ts";
import { type Clock, systemClock } from "../runtime.ts";
import { judgeSeed } from "./seed-judgement.ts";
import { type Data, deadlineOf, type Fields, fingerprint, type SessionState, stateOf } from "./session-state.ts";
import { singleFlight } from "./single-flight.ts";

type State = SessionState<Fields>;

/** What is known of the session in this tab, and the only place that asks for it or changes it. */
export interface SessionStore {
  get(): State;
  /** Calls `listener` after each answer and each change, until the answered function is called. Asks where nothing is known. */
  subscribe(listener: () => void): () => void;
  /** Calls all listeners. */
  notify(): void;
  /** The state to render with before anything else is known. */
  seed(data: Data): State;
  /** Takes a session that came with a render; `isNew`: a mounted provider was given another one than before. */
  offer(seed: State, isNew: boolean): void;
  /** Asks the server what is so from this call on. Never rejects: a failure is in the state. */
  refresh(): Promise<void>;
  /** The same, unless nobody watches or the server has been asked within `pause` milliseconds (default 5 seconds). */
  look(pause?: number): void;
  /** How long ago the server was asked for what is known, or last failed to answer, in milliseconds. */
  age(): number;
  /** Takes what another tab told. */
  hear(message: unknown): void;
  /** Makes a request that changes the session, and shows what it answers, or that nobody is signed in any more. */
  change(path: string, isEnd?: boolean): Promise<void>;
  /** Begins something that may change the session. The answered function asks the server, unless a render was shown since. */
  begin(): () => void;
}

const ended = "ended";

/** @param tell Tells the other tabs: that the session has ended, or the fingerprint of what is known now. */
export function createSessionStore(
  requests: Requests,
  tell: (message: unknown) => void,
  clock: Clock = systemClock,
): SessionStore {
  const calls = {
    refresh() {
      epoch++;
      isLoud = true;
      return ask();
    },
    signOut: (options?: { readonly everywhere?: boolean }) =>
      change(options?.everywhere ? "/signout-everywhere" : "/signout", true),
    stopImpersonating: () => change("/stop-impersonating"),
  };
  const listeners = new Set<() => void>();
  let state = stateOf(calls);
  let last: Fields | null = null; // the signed-in session known last
  let epoch = 0; // raised whenever a request under way may bring old news
  let askedAt = 0;
  let isLoud = false; // whether the other tabs shall hear what the request under way brings
  let isDoubtful = false; // whether another tab told of something that nobody has asked for yet
  let renders = 0;

  function notify(): void {
    for (const listener of listeners) listener();
  }

  /**
   * Shows what is so, and tells the other tabs if that is news. The server's answer counts: "nobody" is an end then. A render
   * comes with its state, and its "nobody" may be an old one.
   */
  function know(data: Data, isTold: boolean, error?: SessionClientError | null, seed?: State): void {
    const print = fingerprint(data);
    const isNews = print !== fingerprint(state.data);
    // A second earlier, since the server's clock is known to within half a round trip.
    const isExpired = !data && (state.data ? deadlineOf(last) <= requests.now() + 1_000 : state.isExpired);
    if (isNews && isTold) tell(state.data && !data && !seed ? ended : print);
    isDoubtful = false;
    last = data ?? last;
    if (isNews || error || state.error)
      state = (!isExpired && seed) || stateOf(calls, isNews ? data : state.data, error, isExpired);
    notify();
  }

  const ask: () => Promise<void> = singleFlight(async () => {
    await undefined; // what is asked for together is asked for once
    const begun = epoch;
    const begunAt = clock.now();
    let error: SessionClientError | undefined;
    const data: Data = await requests.read("", true).catch((caught) => {
      error = caught;
      return state.data;
    });
    return () => {
      if (begun !== epoch) return ask();
      const isTold = isLoud;
      isLoud = false;
      askedAt = begunAt;
      return know(data, isTold, error);
    };
  });

  // Negative where somebody has turned the clock back.
  const age = () => clock.now() - askedAt;

  // Coming back to a tab again and again asks once in five seconds, and so do components that mount after a failure.
  function look(pause = 5_000): void {
    if (!listeners.size || Math.abs(age()) < pause) return;
    isLoud = true;
    void ask();
  }

  async function change(path: string, isEnd?: boolean): Promise<void> {
    try {
      const answer = await requests.post(path);
      epoch++;
      know(isEnd ? null : answer, true);
    } catch (error) {
      // Refused, or nobody knows whether it happened: the server does.
      void calls.refresh();
      throw error;
    }
  }

  return {
    ...calls,
    get: () => state,
    notify,
    look,
    age,
    change,
    begin() {
      const begun = renders;
      return () => {
        if (begun === renders) void calls.refresh();
      };
    },
    seed: (data) => stateOf(calls, data),
    subscribe(listener) {
      listeners.add(listener);
      if (isDoubtful) void ask();
      else if (state.data === undefined) look();
      return () => void listeners.delete(listener);
    },
    offer(seed, isNew) {
      const data = seed.data as Fields | null;
      const isShown = judgeSeed(data, state.data, last, isNew);
      if (isShown === null) look();
      if (!isShown) return;
      epoch++;
      renders++;
      know(data, true, null, seed);
    },
    hear(message) {
      if (message === fingerprint(state.data)) return;
      epoch++;
      if (message === ended && state.data) know(null, false);
      if (listeners.size) void ask();
      else isDoubtful = true;
    },
  };
}
