import type { Maybe } from "../../maybe.ts";
import { createPoolQuery, isLendingPool } from "./pool.ts";

/** A value of a statement as this store passes it. */
export type PostgresValue = string | number | boolean | null;

/** A statement as `query` of pg takes it. */
export interface PostgresQuery {
  readonly text: string;
  readonly values: PostgresValue[];
  /** Under this name a connection keeps the statement prepared. */
  readonly name?: string;
  /** In milliseconds. A pool closes the connection that has not answered by then. */
  readonly query_timeout?: number;
}

/** A `Pool` or a `Client` of pg, and what is built like them, such as those of serverless drivers. */
export interface PgLike {
  query(query: never): unknown;
  connect(): unknown;
}

/** The `sql` function of postgres.js. */
export interface PostgresJsLike {
  unsafe(text: string, values?: never[], options?: never): PromiseLike<unknown>;
  begin(work: never): unknown;
}

/** PGlite: PostgreSQL within the process. */
export interface PgliteLike {
  query(text: string, values?: never[]): Promise<{ readonly rows: readonly unknown[] }>;
  exec(text: string): unknown;
}

/** The function that serverless drivers send single statements with. */
export interface PostgresFunction {
  query(text: string, values?: never[]): PromiseLike<unknown>;
}

/** The clients that this store works with, told apart by what they can do. */
export type PostgresClient = PgLike | PostgresJsLike | PgliteLike | PostgresFunction;

/** What kind a client is of, or `null`. */
export type ClientKind = "pg" | "postgres.js" | "pglite" | "function";

/** Tells the kinds of clients apart by their methods. */
export function kindOf(client: unknown): ClientKind | null {
  const isFunction = typeof client === "function";
  if (!isFunction && (typeof client !== "object" || client === null)) return null;
  const { query, unsafe, exec, connect } = client as Record<string, unknown>;
  if (isFunction && typeof query === "function") return "function";
  if (isFunction) return typeof unsafe === "function" ? "postgres.js" : null;
  if (typeof query !== "function") return null;
  if (typeof exec === "function") return "pglite";
  return typeof connect === "function" ? "pg" : null;
}

/** A row of an answer: every statement of ours names its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** Sends one statement and gives its rows. */
export type Send = (text: string, values: PostgresValue[]) => Maybe<readonly Row[]>;

/** How statements are sent. */
export interface Sending {
  readonly name: string;
  readonly prepare: boolean;
  readonly timeLimitMs: number;
}

/** Makes the function that sends statements through a client. */
export function createSend(client: PostgresClient, kind: ClientKind, sending: Sending): Send {
  return senders[kind](client as never, sending);
}

/**
 * Hears the errors of a client that nobody hears. A pool says with an event that the server has closed an idle connection:
 * it opens another one when it needs it and need not be helped, but an `error` event without a listener ends the process.
 */
export function listenForErrors(client: PostgresClient): void {
  const { on, listenerCount } = client as Partial<Emitter>;
  if (typeof on !== "function" || typeof listenerCount !== "function") return;
  if (listenerCount.call(client, "error") === 0) on.call(client, "error", () => undefined);
}

interface Emitter {
  on(event: string, listener: () => void): unknown;
  listenerCount(event: string): number;
}

const senders: Record<ClientKind, (client: never, sending: Sending) => Send> = {
  pg: (client: { query(query: PostgresQuery): PromiseLike<unknown> }, { name: store, prepare, timeLimitMs }) => {
    const nameOf = prepare ? createNames() : () => undefined;
    const ask = isLendingPool(client) ? createPoolQuery(client, store) : (query: PostgresQuery) => client.query(query);
    return (text, values) => {
      const name = nameOf(text);
      const query = { text, values, query_timeout: timeLimitMs };
      return ask(name === undefined ? query : { ...query, name }).then(rowsOf);
    };
  },
  "postgres.js": (
    client: { unsafe(text: string, values: unknown, options: object): PromiseLike<unknown> },
    { prepare },
  ) => {
    return (text, values) => client.unsafe(text, values, { prepare }).then(wholeAnswer).then(rowsOf);
  },
  pglite: (client: PostgresFunction) => (text, values) => client.query(text, values as never[]).then(rowsOf),
  function: (client: ServerlessFunction) => (text, values) => client.query(text, values, asRows).then(rowsOf),
};

interface ServerlessFunction {
  query(text: string, values: PostgresValue[], options: object): PromiseLike<unknown>;
}

/** Whatever the function was made with, we read rows as objects. */
const asRows = { arrayMode: false, fullResults: false };

/**
 * The rows of postgres.js, which after a lost connection may answer otherwise than the server did: numbered from where an
 * earlier answer was cut off (the list begins with nothing), or empty for a statement that was not sent. Either would look
 * like a missing session.
 */
function wholeAnswer(answer: unknown): unknown {
  if (!Array.isArray(answer) || !("command" in answer)) return answer; // of several statements
  const { command, count } = answer as unknown as { readonly command: string | null; readonly count: number | null };
  if (command === null) throw new Error("the client answered a statement without the server");
  const rows = answer.length > (count ?? 0) ? answer.filter(() => true) : answer;
  if (command === "SELECT" && rows.length !== count) throw new Error("the client lost a part of the answer");
  return rows;
}

function rowsOf(answer: unknown): readonly Row[] {
  return Array.isArray(answer) ? answer : (answer as { readonly rows: readonly Row[] }).rows;
}

// The name follows from the text, so that every process and every version behind one pooler gives a text the same name,
// and another text another one.
function createNames(): (text: string) => string {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    const name = `coatcheck_${hashOf(text)}`;
    names.set(text, name);
    return name;
  };
}

/** 64 bits of FNV-1a as a text. It need not withstand anybody: the texts are ours. */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n);
  }
  return hash.toString(36);
}
