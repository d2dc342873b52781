import type { SessionClientError } from "../client/client-error.ts";
import type { SessionClient } from "../client/session-client.ts";
import type { Runtime } from "../runtime.ts";
import { createCell } from "./cell.ts";
import { judgeSeed } from "./seed-judgement.ts";
import { deadlineOf, type Fields, fingerprint, type SessionState, stateOf } from "./session-state.ts";

/** What tabs tell one another: that a session has ended, or the fingerprint of what a tab knows now. */
export type TabMessage = "ended" | `is ${string}`;

/** What is known of the session in this tab, and the only place that asks for it or changes it. */
export interface SessionStore<View> {
  get(): SessionState<View>;
  /** Watches the state. The first to do so asks the server, where nothing is known. */
  subscribe(listener: () => void): () => void;
  /** Takes a session that came with a render; `isNew`: a mounted provider was given another one than before. */
  offer(seed: SessionState<View>, isNew: boolean): void;
  /** Asks the server what is so from this call on. Never rejects: a failure is in the state. */
  refresh(): Promise<void>;
  /** The same, unless the server has been asked a moment ago. */
  lookAgain(): void;
  /** Takes what another tab told. */
  hear(message: TabMessage): void;
  /** Makes a request that changes the session, and shows what it answers. */
  change(request: () => Promise<View | null>): Promise<void>;
  /** Counts the renders that were shown. Whoever began before one of them need not ask. */
  renders(): number;
}

/** What a store works with. */
export interface StoreParts<View> {
  readonly client: Pick<SessionClient<View>, "getSession" | "now">;
  readonly runtime: Runtime;
  /** Tells the other tabs. */
  readonly tell: (message: TabMessage) => void;
}

/** Coming back to a tab again and again asks once in this time, and so do components that mount after a failure. */
const leastPause = 5_000;

export function createSessionStore<View>({ client, runtime, tell }: StoreParts<View>): SessionStore<View> {
  const cell = createCell<SessionState<View>>(stateOf<View>(undefined));
  let last: View | null = null; // the signed-in session known last
  let epoch = 0; // raised whenever a request under way may bring old news
  let flight: Promise<void> | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  let isLoud = false; // whether the other tabs shall hear what the request under way brings
  let isDoubtful = false; // whether another tab told of something that nobody has asked for yet
  let renders = 0;

  function know(data: View | null, ready?: SessionState<View>): TabMessage | null {
    const before = cell.get();
    const isSame = fingerprint(before.data) === fingerprint(data);
    const isExpired = data === null && (before.isExpired || (!!before.data && hasRunOut()));
    isDoubtful = false;
    last = data ?? last;
    if (isSame && !before.error) return null;
    cell.set(ready ?? stateOf(isSame ? (before.data as View | null) : data, null, isExpired));
    return isSame ? null : `is ${fingerprint(data)}`;
  }

  function hasRunOut(): boolean {
    const deadline = deadlineOf(last as Fields | null);
    // A second, since the server's clock is known to within half a round trip.
    return deadline !== null && deadline <= client.now() + 1_000;
  }

  /** Shows what the server answered, whose word counts, and tells the other tabs. */
  function learn(data: View | null, isTold: boolean): void {
    const hadSession = !!cell.get().data;
    const news = know(data);
    if (news && isTold) tell(data === null && hadSession ? "ended" : news);
  }

  async function ask(): Promise<void> {
    await null; // what is asked for together is asked for once
    for (let begun = -1; begun !== epoch; ) {
      begun = epoch;
      askedAt = runtime.now();
      try {
        const data = await client.getSession({ passive: true });
        if (begun === epoch) learn(data, isLoud);
      } catch (error) {
        const { data, isExpired } = cell.get();
        if (begun === epoch) cell.set(stateOf(data, error as SessionClientError, isExpired));
      }
    }
    isLoud = false;
  }

  function join(loud: boolean): Promise<void> {
    isLoud ||= loud;
    flight ??= ask().finally(() => {
      flight = null;
    });
    return flight;
  }

  function refresh(): Promise<void> {
    epoch++;
    return join(true);
  }

  function lookAgain(): void {
    if (cell.isWatched() && Math.abs(runtime.now() - askedAt) >= leastPause) void join(true);
  }

  return {
    get: cell.get,
    subscribe(listener) {
      const stop = cell.subscribe(listener);
      if (isDoubtful) void join(false);
      else if (cell.get().data === undefined) lookAgain();
      return stop;
    },
    offer(seed, isNew) {
      const { data } = cell.get();
      const verdict = judgeSeed(seed.data as Fields | null, data as Fields | null, last as Fields | null, isNew);
      if (verdict === "ask") lookAgain();
      if (verdict !== "show") return;
      epoch++;
      renders++;
      const news = know(seed.data as View | null, data === undefined ? seed : undefined);
      if (news) tell(news);
    },
    refresh,
    lookAgain,
    hear(message) {
      if (message === `is ${fingerprint(cell.get().data)}`) return;
      epoch++;
      if (message === "ended" && cell.get().data) know(null);
      if (cell.isWatched()) void join(false);
      else isDoubtful = true;
    },
    async change(request) {
      try {
        const data = await request();
        epoch++;
        learn(data, true);
      } catch (error) {
        // Refused, or nobody knows whether it happened: the server does.
        void refresh();
        throw error;
      }
    },
    renders: () => renders,
  };
}
