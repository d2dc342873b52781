import { chain, type Maybe } from "../../maybe.ts";
import { pause } from "../../runtime.ts";
import type { SchemaPlan } from "../sql/plan.ts";
import { createSend, type PostgresClient, type PostgresValue, type Row } from "./client.ts";
import { isUndone, storeError } from "./errors.ts";
import type { PostgresSettings } from "./options.ts";
import { ensureSchema } from "./schema.ts";

/** Sends one statement and gives its rows. */
export type Run = (text: string, values: PostgresValue[]) => Maybe<readonly Row[]>;

/** Does something with statements, once the table is there. `task` says in an error what could not be done. */
export type Ask = <T>(task: string, work: (run: Run) => Maybe<T>) => Promise<T>;

const longestPauseMs = 16;

/** What a link is asked to do with a client. */
export type LinkSettings = Omit<PostgresSettings, "table">;

/** Makes the way to a database. The tables are made before the first statement; if that fails, the next call tries again. */
export function createLink(client: PostgresClient, settings: LinkSettings, plan: SchemaPlan): Ask {
  const run = createRun(client, settings);
  let ready: Maybe<void> | null = settings.migrate ? null : undefined;

  function prepare(): Maybe<void> {
    if (ready !== null) return ready;
    const keep = () => {
      ready = undefined;
    };
    const forget = (error: unknown): never => {
      ready = null;
      throw error;
    };
    ready = ensureSchema(run, plan, settings.schema).then(keep, forget);
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
function createRun(client: PostgresClient, settings: LinkSettings): Run {
  const send = createSend(client, settings.kind, settings);
  return (text, values) => insist(settings, async () => send(text, values));
}

/** Does again what the server has undone for the sake of another, until the time limit. */
export async function insist<T>(settings: LinkSettings, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    return tryAgain(settings, attempt, error);
  }
}

async function tryAgain<T>(settings: LinkSettings, attempt: () => Promise<T>, cause: unknown): Promise<T> {
  const { runtime, timeLimitMs } = settings;
  const end = runtime.now() + timeLimitMs;
  for (let tries = 1, error = cause; ; tries++) {
    if (!isUndone(error) || runtime.now() >= end) throw error;
    await pause(runtime, 1 + Math.min(2 ** tries, longestPauseMs) * runtime.jitter());
    try {
      return await attempt();
    } catch (next) {
      error = next;
    }
  }
}
