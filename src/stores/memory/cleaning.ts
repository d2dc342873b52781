import type { Runtime } from "../../runtime.ts";
import { removeAllExpired } from "./room.ts";
import type { Shelf } from "./shelf.ts";

/** How many expired sessions one turn of the event loop removes: well under a millisecond at a million sessions. */
const cleanedPerTurn = 100;

const restMs = 30_000;
const betweenTurnsMs = 5;

/**
 * Removes expired sessions by and by, for as long as there are any sessions at all. The timers never keep the process
 * alive, and nothing relies on them: every `create` removes a few expired sessions too, and an expired one that is still
 * there is worth nothing.
 *
 * @returns What to call when a session was added.
 */
export function startCleaning(shelf: Shelf, runtime: Pick<Runtime, "now" | "background">): () => void {
  let isStarted = false;

  function turn(): void {
    const isBehind = removeAllExpired(shelf, runtime.now(), cleanedPerTurn) === cleanedPerTurn;
    isStarted = shelf.load.entries > 0;
    if (isStarted) runtime.background(isBehind ? betweenTurnsMs : restMs, turn);
  }

  return () => {
    if (isStarted) return;
    isStarted = true;
    runtime.background(restMs, turn);
  };
}
