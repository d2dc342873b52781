import type { SessionStore } from "../store/port.ts";
import type { SessionRecord } from "../store/record.ts";
import type { Guard } from "./guard.ts";

/**
 * Creates a record that `make` makes anew for each attempt. One that is not answered may yet arrive when what the next one created has
 * been used up or taken back: then it must not be the same.
 *
 * @returns What was created, `null` where there is a record with its id; and all that was tried.
 */
export async function createAnew(
  { store, guard }: { readonly store: SessionStore; readonly guard: Guard },
  operation: string,
  make: () => Promise<SessionRecord>,
): Promise<{ readonly created: SessionRecord | null; readonly tried: readonly SessionRecord[] }> {
  const tried: SessionRecord[] = [];
  const answer = await guard.repeat(operation, async () => {
    const record = await make();
    tried.push(record);
    return store.create(record);
  });
  return { created: answer === "created" ? (tried.at(-1) as SessionRecord) : null, tried };
}
