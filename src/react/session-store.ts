import type { SessionClientError } from "../client/client-error.ts";
import type { Requests } from "../client/requests.ts";
import type { Clock } from "../runtime.ts";
import { createCell } from "./cell.ts";
import { judgeSeed } from "./seed-judgement.ts";
import { type Data, deadlineOf, type Fields, fingerprint, type SessionState, stateOf } from "./session-state.ts";

type State = SessionState<Fields>;

/** What is known of the session in this tab, and the only place that asks for it or changes it. */
export interface SessionStore {
  get(): State;
  /** Watches the state. The first to do so asks the server, where nothing is known. */
  subscribe(listener: () => void): () => void;
  /** The state to render with before anything else is known. */
  seed(data: Data): State;
  /** Takes a session that came with a render; `isNew`: a mounted provider was given another one than before. */
  offer(seed: State, isNew: boolean): void;
  /** Asks the server what is so from this call on. Never rejects: a failure is in the state. */
  refresh(): Promise<void>;
  /** The same, unless nobody watches or the server has been asked a moment ago. */
  lookAgain(): void;
  /** Takes what another tab told. */
  hear(message: unknown): void;
  /** Makes a request that changes the session, and shows what it answers: by default, that nobody is signed in. */
  change(path: string, answer?: (answer: Fields | null) => Fields | null): Promise<void>;
  /** Counts the renders that were shown. Whoever began before one of them need not ask. */
  renders(): number;
}

/** What a store works with. */
export interface StoreParts {
  readonly requests: Requests;
  readonly clock: Clock;
  /** Tells the other tabs: that the session has ended, or the fingerprint of what is known now. */
  readonly tell: (message: string) => void;
}

/** Coming back to a tab again and again asks once in this time, and so do components that mount after a failure. */
const leastPause = 5_000;
const ended = "ended";

export function createSessionStore({ requests, clock, tell }: StoreParts): SessionStore {
  const calls = {
    refresh,
    signOut: ({ everywhere = false } = {}) => change(everywhere ? "/signout-everywhere" : "/signout", () => null),
    stopImpersonating: () => change("/stop-impersonating"),
  };
  const { get, set, subscribe, watchers } = createCell(stateOf(calls, undefined));
  let last: Fields | null = null; // the signed-in session known last
  let epoch = 0; // raised whenever a request under way may bring old news
  let flight: Promise<void> | undefined;
  let askedAt = -leastPause;
  let isLoud = false; // whether the other tabs shall hear what the request under way brings
  let isDoubtful = false; // whether another tab told of something that nobody has asked for yet
  let renders = 0;

  /** Shows what is so, and answers what to tell the other tabs if that is news. */
  function know(data: Fields | null, ready?: State): string | false {
    const before = get();
    const print = fingerprint(data);
    const isNews = print !== fingerprint(before.data);
    // A second earlier, since the server's clock is known to within half a round trip.
    const isExpired = !data && (before.data ? deadlineOf(last) <= requests.now() + 1_000 : before.isExpired);
    isDoubtful = false;
    last = data ?? last;
    if (isNews || before.error) set(ready ?? stateOf(calls, isNews ? data : before.data, null, isExpired));
    return isNews && print;
  }

  /** Shows what the server answered, whose word counts: "nobody" is an end then, and not perhaps an old render. */
  function learn(data: Fields | null, isTold: boolean): void {
    const hadSession = get().data;
    const news = know(data);
    if (news && isTold) tell(hadSession && !data ? ended : news);
  }

  async function ask(): Promise<void> {
    await undefined; // what is asked for together is asked for once
    for (let begun = -1; begun !== epoch; ) {
      begun = epoch;
      askedAt = clock.now();
      const answer = await requests.get("", true).then(
        (data) => () => learn(data, isLoud),
        (error: SessionClientError) => () => set(stateOf(calls, get().data, error, get().isExpired)),
      );
      if (begun === epoch) answer();
    }
    isLoud = false;
    flight = undefined;
  }

  function join(loud: boolean): Promise<void> {
    isLoud ||= loud;
    flight ??= ask();
    return flight;
  }

  function refresh(): Promise<void> {
    epoch++;
    return join(true);
  }

  function lookAgain(): void {
    if (watchers() && Math.abs(clock.now() - askedAt) >= leastPause) void join(true);
  }

  async function change(path: string, answer = (data: Fields | null) => data): Promise<void> {
    try {
      const data = answer(await requests.post(path));
      epoch++;
      learn(data, true);
    } catch (error) {
      // Refused, or nobody knows whether it happened: the server does.
      void refresh();
      throw error;
    }
  }

  return {
    get,
    refresh,
    lookAgain,
    change,
    renders: () => renders,
    seed: (data) => stateOf(calls, data),
    subscribe(listener) {
      const stop = subscribe(listener);
      if (isDoubtful) void join(false);
      else if (get().data === undefined) lookAgain();
      return stop;
    },
    offer(seed, isNew) {
      const { data } = get();
      const verdict = judgeSeed(seed.data as Fields | null, data, last, isNew);
      if (verdict === "ask") lookAgain();
      if (verdict !== "show") return;
      epoch++;
      renders++;
      const news = know(seed.data as Fields | null, data === undefined ? seed : undefined);
      if (news) tell(news);
    },
    hear(message) {
      const { data } = get();
      if (message === fingerprint(data)) return;
      epoch++;
      if (message === ended && data) know(null);
      if (watchers()) void join(false);
      else isDoubtful = true;
    },
  };
}
