import { isSessionError, SessionStoreError } from "../../errors.ts";

const lookAtCause = "Look at error.cause for what the client said.";

/** What to do about the errors of servers, by their first word, and of clients, by what they say. */
const hints: ReadonlyArray<readonly [pattern: RegExp, hint: string]> = [
  [/^(OOM)\b/, "Redis is at its maxmemory. Give it more memory; it must not evict (maxmemory-policy noeviction)."],
  [/^READONLY\b/, "The client is connected to a replica, or a failover is under way. Connect to the primary."],
  [/^(NOREPLICAS)\b/, "Too few replicas are in reach (min-replicas-to-write)."],
  [
    /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY)\b/,
    "The server is not ready to serve; it may be starting or failing over.",
  ],
  [
    /^(NOAUTH|WRONGPASS|NOPERM)\b/,
    "The client's user must be allowed every command that the page of the Redis store lists.",
  ],
  [/^MISCONF\b/, "Redis cannot save to its disk and refuses writes."],
  [
    /^(The client is closed|Connection is closed|Cluster is ended)/,
    "The client has been closed, or has given up. Connect it before the first request.",
  ],
];

/** What a client threw, as our error. Its cause is a copy: some clients attach the arguments of the command, data included. */
export function storeError(store: string, task: string, error: unknown): Error {
  if (isSessionError(error)) return error;
  const cause = safeCopy(error);
  const hint = hints.find(([pattern]) => pattern.test(cause.message))?.[1] ?? lookAtCause;
  return new SessionStoreError("STORE_UNAVAILABLE", `The store "${store}" could not ${task}.`, { hint, cause });
}

/** The error for a script that a client has sent twice, when it cannot be told any more whether the first one was run. */
export function unsureError(store: string): SessionStoreError {
  return new SessionStoreError("STORE_UNAVAILABLE", `The store "${store}" cannot tell whether a change was made.`, {
    hint: "The connection was lost on the way, and other changes came in between. Read the session again.",
  });
}

/** The error for a change that was made on the primary, but not on as many replicas as asked for. */
export function unconfirmedError(store: string, task: string): SessionStoreError {
  return new SessionStoreError(
    "STORE_UNAVAILABLE",
    `The store "${store}" could not ${task} on as many replicas as its option "replicas" asks for.`,
    {
      hint: "The primary has it, but a failover may take it back: it is not confirmed. Look at the state of the replicas.",
    },
  );
}

/** Tells an error of a key that holds something else than we write. */
export function isWrongType(error: Error): boolean {
  return error.message.startsWith("WRONGTYPE");
}

/** Tells an answer of a node of a cluster that has not got the key (any more). Nothing was done. */
export function isRedirection(error: Error): boolean {
  return /^(MOVED|ASK) /.test(error.message);
}

/** Tells the answer of a server that does not know a script. */
export function isScriptMissing(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}

// "unknown command … with args beginning with: …" quotes a key.
const quoted = /,? with args beginning with.*$/s;

function safeCopy(error: unknown): Error {
  if (!(error instanceof Error)) return new Error("the client failed without an error");
  const copy = new Error(error.message.replace(quoted, ""));
  Object.defineProperty(copy, "name", { value: error.name });
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? Object.assign(copy, { code }) : copy;
}
