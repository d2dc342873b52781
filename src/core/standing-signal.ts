import type { Engine } from "./engine.ts";
import { sessionEnded } from "./session-signal.ts";
import type { Standing } from "./standing.ts";

/** The signal of a session by where its request stands. */
export function signalOf({ endings }: Engine, standing: Standing): AbortSignal {
  if (standing.kind === "live") return endings.watch(standing.record);
  if (standing.kind === "none") return new AbortController().signal;
  return AbortSignal.abort(sessionEnded(standing.kind === "superseded" ? "replaced" : "ended"));
}
