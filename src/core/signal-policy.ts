import type { Duration } from "../duration.ts";
import type { SessionBus } from "../store/bus.ts";
import { durationOf } from "./timeouts.ts";

/** How the end of a watched session is heard of. */
export interface SignalPolicy {
  readonly bus: SessionBus | null;
  /** In milliseconds. */
  readonly signalCheck: number;
}

/** A timer of JavaScript fires at once where it is to wait for longer than 24 days. */
const longestCheck = 16 * 86_400_000;

/** Reads the options, and reports what is wrong with them. */
export function resolveSignals(
  { bus, signalCheck = "60s" }: { readonly bus?: SessionBus; readonly signalCheck?: Duration },
  invalid: (message: string, hint: string) => void,
): SignalPolicy {
  const missing = (["publish", "subscribe"] as const).filter((name) => bus != null && typeof bus[name] !== "function");
  if (missing.length > 0)
    invalid(`bus has no ${missing.join(" and no ")}.`, "Pass a bus such as redisBus(client) or postgresBus(pool).");
  const time = durationOf("signalCheck", signalCheck, invalid, 1_000);
  if (time > longestCheck)
    invalid("signalCheck is longer than 16 days.", 'Leave it out: "60s" is right for most applications.');
  return { bus: bus ?? null, signalCheck: time };
}
