import { createViewData } from "../../core/data-view.ts";
import { createGuard } from "../../core/guard.ts";
import { isCorrupt } from "../../store/record.ts";
import type { AnySessions } from "./token-visit.ts";

/** At most so many records are asked for at once. */
const batch = 100;

/** The data of listed sessions, by their public id. One that has ended since the list was made has none. */
export async function listedData(
  sessions: AnySessions,
  listed: readonly { readonly id: string }[],
): Promise<Map<string, object>> {
  const { store, storeLimits, runtime, shape } = sessions.policy;
  const guard = createGuard(store, storeLimits, runtime, sessions.emit);
  const view = createViewData(shape);
  const data = new Map<string, object>();
  for (let at = 0; at < listed.length; at += batch) {
    const ids = listed.slice(at, at + batch).map(({ id }) => id);
    for (const record of await guard.read("find", () => store.find(ids, runtime.now()))) {
      if (record !== null && !isCorrupt(record))
        data.set(
          record.id,
          view(record.data, () => {}),
        );
    }
  }
  return data;
}
