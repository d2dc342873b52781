import { listenForErrors, type PostgresClient, type Row, type Send } from "../../stores/postgres/client.ts";
import { createLink, insist, type LinkSettings, type Run } from "../../stores/postgres/link.ts";
import type { Backend, BackendPlan } from "./backend.ts";
import { withinTransaction } from "./postgres-transaction.ts";
import type { Translate } from "./statement.ts";
import { follow, type SqlAnswer, type SqlStep } from "./steps.ts";
import { decodeRow, encodeValue } from "./values.ts";

/** Makes the way to tables in a PostgreSQL database. */
export function createPostgres(
  client: PostgresClient,
  settings: LinkSettings,
  { plan, translate }: BackendPlan,
): Backend {
  const ask = createLink(client, settings, plan);
  listenForErrors(client);

  async function transact<T>(work: (send: Send) => Promise<T>): Promise<T> {
    return insist(settings, () => withinTransaction(client, settings, work));
  }

  return {
    send: (task, step) => ask(task, (run) => take(run, translate, step)),
    // The link makes the tables ready; the work has a connection of its own.
    transact: (task, begin) =>
      ask(task, () => transact((send) => follow(begin(), (step) => take(send, translate, step)))),
  };
}

async function take(run: Run, translate: Translate, { kind, sql, values }: SqlStep): Promise<SqlAnswer> {
  const rows = await run(translate(kind, sql), values.map(encodeValue));
  return kind === "read" ? rows.map(rowOf) : Number(rows[0]?.value);
}

function rowOf({ value }: Row) {
  return decodeRow(JSON.parse(String(value)));
}
