import { useCallback, useEffect, useState } from "react";
import { readLength } from "../client/length.ts";
import type { Duration } from "../duration.ts";
import { type ExpiryState, noExpiry } from "./expiry-watch.ts";
import { useScope } from "./scope.ts";

/** How the session stands to its deadline, and what to do about it. */
export interface UseExpiry extends ExpiryState {
  /**
   * "Stay signed in": moves the idle deadline now. Tabs that ask at the same time make one request, and all of them close
   * their dialogs.
   *
   * @throws {@link SessionClientError} It was not confirmed: the deadline stands.
   */
  stay(): Promise<void>;
}

/**
 * Watches the deadline of the session, for a dialog "You will be signed out in 1:00. Stay signed in?".
 *
 * It needs `idleExpiresAt` or `expiresAt` in the public view. Before it warns it asks the server once whether the deadline has
 * moved, and once more when it has passed: only the server signs anybody out. Instants are compared by the server's clock as
 * the last answer told it. There is no timer while nothing uses the hook, and one until the warning is due.
 *
 * @param options.warnBefore How long before the deadline the warning begins (default `"1m"`). `remaining` counts down from then.
 * @example
 * const { isWarning, remaining, stay } = useExpiry({ warnBefore: "2m" })
 * return isWarning ? <Dialog seconds={remaining / 1000} onStay={stay} /> : null
 * @see {@link https://www.w3.org/WAI/WCAG22/Understanding/timing-adjustable.html WCAG 2.2.1: a time limit can be extended}
 */
export function useExpiry({ warnBefore = "1m" }: { readonly warnBefore?: Duration } = {}): UseExpiry {
  const scope = useScope();
  const [state, setState] = useState(noExpiry);
  const length = readLength(warnBefore, "warnBefore");
  useEffect(() => scope.tab().expiry.start(length, setState), [scope, length]);
  const stay = useCallback(() => scope.tab().expiry.stay(), [scope]);
  return { ...state, stay };
}
