import type { Manager } from "../../core/manager.ts";
import type { SessionTypes } from "../../core/session.ts";
import type { Transport } from "../../core/transport.ts";
import type { Visit } from "../../core/visit.ts";
import type { Sessions } from "../../http/create-sessions.ts";

// biome-ignore lint/suspicious/noExplicitAny: sessions of any data are taken, and the parameters of their mutators vary with it
export type AnySessions = Sessions<any>;

/** The visit of a caller who has a token in hand. */
export interface TokenVisit {
  readonly visit: Visit;
  /** The touch that is due, for the caller to make or to leave. */
  dueTouch(): (() => Promise<void>) | null;
}

/** Begins a visit with a token. It delivers no cookie: the caller does. */
export function visitWith<Types extends SessionTypes>(sessions: Manager<Types>, token: string): TokenVisit {
  const transport = new HeldTransport(String(token));
  return { visit: sessions.visit(transport), dueTouch: () => transport.task };
}

class HeldTransport implements Transport {
  readonly isHeld = true;
  readonly presented: readonly string[];
  task: (() => Promise<void>) | null = null;

  constructor(token: string) {
    this.presented = [token];
  }

  permit(): void {}
  deliver(): void {}
  defer(task: () => Promise<void>): void {
    this.task = task;
  }
  header(): null {
    return null;
  }
}
