import { chain, type Maybe } from "../../maybe.ts";
import { pause } from "../../runtime.ts";
import { createSend, type PostgresClient, type PostgresValue, type Row } from "./client.ts";
import { isUndone, storeError } from "./errors.ts";
import type { PostgresSettings } from "./options.ts";
import { ensureSchema } from "./schema.ts";

/** Sends one statement and gives its rows. */
export type Run = (text: string, values: PostgresValue[]) => Maybe<readonly Row[]>;

/** Does something with statements, once the table is there. `task` says in an error what could not be done. */
export type Ask = <T>(task: string, work: (run: Run) => Maybe<T>) => Promise<T>;

const longestPauseMs = 16;

/** Makes the way to a database. The table is made before the first statement; if that fails, the next call tries again. */
export function createLink(client: PostgresClient, settings: PostgresSettings): Ask {
  const run = createRun(client, settings);
  let ready: Maybe<void> | null = settings.migrate ? null : undefined;

  function prepare(): Maybe<void> {
    if (ready !== null) return ready;
    const { table, schema } = settings;
    const keep = () => {
      ready = undefined;
    };
    const forget = (error: unknown): never => {
      ready = null;
      throw error;
    };
    ready = ensureSchema(run, table, schema).then(keep, forget);
    return ready;
  }

  return async (task, work) => {
    try {
      return await chain(prepare(), () => work(run));
    } catch (error) {
      throw storeError(settings.name, task, error);
    }
  };
}

// Where the database isolates transactions more strictly than by READ COMMITTED, and where two statements lock the same
// rows in another order, the server undoes one of them. It has left nothing behind, and is sent again.
function createRun(client: PostgresClient, settings: PostgresSettings): Run {
  const send = createSend(client, settings.kind, settings);
  const { runtime, timeLimitMs } = settings;

  async function insist(text: string, values: PostgresValue[], cause: unknown): Promise<readonly Row[]> {
    const end = runtime.now() + timeLimitMs;
    for (let tries = 1, error = cause; ; tries++) {
      if (!isUndone(error) || runtime.now() >= end) throw error;
      await pause(runtime, 1 + Math.min(2 ** tries, longestPauseMs) * runtime.jitter());
      try {
        return await send(text, values);
      } catch (next) {
        error = next;
      }
    }
  }

  return async (text, values) => {
    try {
      return await send(text, values);
    } catch (error) {
      return insist(text, values, error);
    }
  };
}
