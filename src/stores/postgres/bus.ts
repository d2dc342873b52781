import { SessionConfigError } from "../../errors.ts";
import { type Runtime, systemRuntime } from "../../runtime.ts";
import type { SessionBus } from "../../store/bus.ts";
import { isTableName } from "../sql/options.ts";
import { packIds, unpackIds } from "./bus-payload.ts";
import { createSend, kindOf, listenForErrors, type PostgresClient } from "./client.ts";
import { encodeList } from "./columns.ts";
import { storeError } from "./errors.ts";
import { listeners } from "./listen.ts";

/** The options of `postgresBus`. */
export interface PostgresBusOptions {
  /** The channel of the database (default `"coatcheck_sessions"`). Applications that share a database take one each. */
  readonly channel?: string;
  /** The clock and the timers by which a lost connection is replaced (default: those of the machine). */
  readonly runtime?: Runtime;
}

const name = "postgres bus";
const sending = { name, prepare: false, timeLimitMs: 2_000 };

/**
 * Tells other processes by LISTEN and NOTIFY which sessions have changed.
 *
 * Listening takes one connection for as long as it lasts: of a `Pool` of pg, which needs room for it, one of postgres.js'
 * own, or the one of PGlite. It does not work through a pooler in transaction mode. A lost connection is replaced, with
 * growing pauses; `onGap` is called when it is lost and when it is replaced (with postgres.js: when it is replaced). A `Client`
 * of pg and a function that sends single statements can publish, and cannot listen.
 *
 * A message is sent once the server has it; whoever does not listen at that moment never gets it.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: an option is wrong. Calls reject with {@link SessionStoreError}
 *   `STORE_UNAVAILABLE`, and `subscribe` with `STORE_CAPABILITY_MISSING` where the client cannot listen.
 *
 * @example
 * const bus = postgresBus(pool)
 * const stop = await bus.subscribe({ onIds: (ids) => cache.drop(ids), onGap: () => cache.clear() })
 *
 * @see {@link https://www.postgresql.org/docs/current/sql-notify.html PostgreSQL: NOTIFY}
 */
export function postgresBus(client: PostgresClient, options: PostgresBusOptions = {}): SessionBus {
  const { channel = "coatcheck_sessions", runtime = systemRuntime, ...unknown } = options;
  const kind = kindOf(client);
  const problems = Object.keys(unknown).map((option) => `there is no option ${JSON.stringify(option)}`);
  if (!isTableName(channel)) problems.push("channel must be letters, digits and underscores, at most 63");
  if (typeof runtime?.background !== "function") problems.push("runtime must have the function background");
  if (kind === null) problems.push("it needs a Pool of pg, the sql function of postgres.js, or a PGlite");
  if (kind === null || problems.length > 0) {
    throw new SessionConfigError("CONFIG_INVALID", `postgresBus cannot be made: ${problems.join("; ")}.`);
  }
  listenForErrors(client);
  const send = createSend(client, kind, sending);
  return {
    async publish(ids) {
      if (ids.length === 0) return;
      try {
        await send("SELECT pg_notify($1::text, message) FROM unnest($2::text[]) AS message", [
          channel,
          encodeList(packIds(ids)),
        ]);
      } catch (error) {
        throw storeError(name, "publish changes", error);
      }
    },
    async subscribe({ onIds, onGap }) {
      const hear = (payload: string) => {
        const ids = unpackIds(payload);
        if (ids) onIds(ids);
        else onGap();
      };
      try {
        return await listeners[kind](client as never, { channel, runtime, hear, onGap });
      } catch (error) {
        throw storeError(name, "listen for changes", error);
      }
    },
  };
}
