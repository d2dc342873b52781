import { createExpiryWatch, type UseExpiry } from "./expiry-watch.ts";
import { useEffect, useState } from "./react.ts";
import { useScope } from "./scope.ts";

/** A length of time: milliseconds as a number, or a text such as `"30s"`, `"2m"` or `"1h"`. */
export type WarnBefore = number | `${number}${keyof typeof units}`;

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

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
export function useExpiry({ warnBefore = "1m" }: { readonly warnBefore?: WarnBefore } = {}): UseExpiry {
  const { tab } = useScope();
  tab.expiry ??= createExpiryWatch(tab, globalThis.navigator?.locks);
  const { start, nothing } = tab.expiry;
  const [state, setState] = useState(nothing);
  const text = `${warnBefore}`;
  const length = Number.parseFloat(text) * (units[text.at(-1) as keyof typeof units] ?? 1);
  useEffect(() => start(length, setState), [start, length]);
  return state;
}
