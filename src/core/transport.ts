import type { SessionCookie } from "../cookie/rules.ts";
import type { Maybe } from "../maybe.ts";
import type { DevicePolicy } from "./devices.ts";

/** What a change needs: `data` goes to the store alone, `token` sets or clears the cookie as well. */
export type ChangeKind = "data" | "token";

/**
 * How the token of one visitor reaches us and how the next one reaches the visitor. The engine knows no HTTP: adapters
 * give it one of these for each request.
 */
export interface Transport {
  /** Every token that was presented, as it came, in order. */
  readonly presented: readonly string[];
  /** The caller has the token in hand: there is no request, and so nobody to ask who is signed in elsewhere. */
  readonly isHeld?: true;
  /** Throws a `SessionStateError` where a change of this kind cannot be made: while rendering, after the headers left. */
  permit(kind: ChangeKind): Maybe<void>;
  /** Sets the cookie, or clears it. Called only after the store has acknowledged. */
  deliver(cookie: SessionCookie): Maybe<void>;
  /** Runs a task that the answer does not wait for. */
  defer(task: () => Promise<void>): void;
  /** A header of the request. */
  header(name: string): string | null;
  /** What the request shows of the visitor's device, a JSON value, or `undefined`. A transport without a request leaves it out. */
  device?(devices: DevicePolicy): Maybe<unknown>;
}
