import { type SessionErrorCode, SessionStateError } from "../errors.ts";

/** How a session came to its end for somebody who watches it. */
export type Ending =
  /** Its holder destroyed it, or it was revoked. */
  | "ended"
  /** A deadline has passed. */
  | "expired"
  /** It goes on for somebody who has proven who they are since: a sign-in, a step-up, an impersonation. */
  | "replaced";

/** Why `session.signal` was aborted. */
export type SessionEnded = SessionStateError & { readonly ending: Ending };

const reasons: Readonly<Record<Ending, [code: SessionErrorCode, what: string, hint: string]>> = {
  ended: ["SESSION_DESTROYED", "The session has ended.", "Close what was opened for it."],
  expired: ["SESSION_DESTROYED", "The session has expired.", "Close what was opened for it."],
  replaced: [
    "SESSION_REPLACED",
    "The session has another identity or token now.",
    "Close what was opened for it: the visitor opens it anew with the cookie that they have now.",
  ],
};

/** Makes the reason of an abort. */
export function sessionEnded(ending: Ending): SessionEnded {
  const [code, what, hint] = reasons[ending];
  return Object.assign(new SessionStateError(code, what, { hint }), { ending });
}

/** A signal with its other end, and whether anybody listens to it. */
export interface WatchedSignal {
  readonly signal: AbortSignal;
  abort(ending: Ending): void;
  isHeard(): boolean;
}

/**
 * Makes a signal that knows its listeners, so that those nobody listens to can be forgotten.
 *
 * A weak reference would not do: whoever adds a listener need not keep the signal, and an abort that never comes would leave a
 * connection open for somebody who has been signed out.
 */
export function createWatchedSignal(): WatchedSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal) as AddListener;
  const remove = signal.removeEventListener.bind(signal) as AddListener;
  define(signal, "addEventListener", (type, listener, options) => {
    add(type, listener, options);
    const { signal: until } = (typeof options === "object" && options) || {};
    if (type !== "abort" || !listener || until?.aborted) return;
    listeners.add(listener);
    until?.addEventListener("abort", () => listeners.delete(listener), { once: true });
  });
  define(signal, "removeEventListener", (type, listener, options) => {
    remove(type, listener, options);
    if (type === "abort") listeners.delete(listener);
  });
  return {
    signal,
    abort: (ending) => controller.abort(sessionEnded(ending)),
    isHeard: () => listeners.size > 0 || signal.onabort !== null,
  };
}

type AddListener = (type: string, listener: unknown, options?: boolean | AddEventListenerOptions) => void;

function define(signal: AbortSignal, name: "addEventListener" | "removeEventListener", value: AddListener): void {
  Object.defineProperty(signal, name, { value, configurable: true, writable: true });
}
