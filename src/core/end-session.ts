import { actedBy, identityOf } from "./acting.ts";
import type { Engine } from "./engine.ts";
import type { Live } from "./standing.ts";
import { gone } from "./writes.ts";

/** Ends a session for good. Resolves only when the store has confirmed it. */
export async function endSession(engine: Engine, live: Live): Promise<void> {
  const { policy, guard, emit } = engine;
  const { id, generation } = live.record;
  const { userId, actor } = identityOf(live.record, policy.runtime.now());
  const answer = await guard.repeat("destroy", () => policy.store.destroy(id, generation));
  if (answer === "replaced") throw gone("replaced");
  emit({ type: "destroyed", sessionId: id, userId, by: "holder", ...actedBy(actor) });
}

/** Ends a session whose token nobody was told. */
export async function endUntold(
  { guard, policy, emit }: Engine,
  { record }: Live,
  by: "limit" | "manager",
): Promise<void> {
  const { id, generation, userId } = record;
  const answer = await guard.repeat("revoke", () => policy.store.destroy(id, generation));
  if (answer === "destroyed") emit({ type: "destroyed", sessionId: id, userId, by });
}
