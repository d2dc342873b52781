/** What the server's `error` field says, and what the client says where there was no such field. */
export type ClientErrorName =
  | "unauthenticated"
  | "cross_site_request"
  | "session_changed"
  | "temporarily_unavailable"
  | "invalid_input"
  | "not_found"
  | "method_not_allowed"
  /** No answer came: no network, no server, or the time limit. */
  | "network"
  /** An answer came that is not one of this package: a page of a proxy, a server that failed. */
  | "unexpected_answer"
  // An action of the application may say anything; the intersection keeps the names above in completions.
  | (string & {});

/**
 * A request of the client that was refused, failed, or got no answer. It never means "signed out": a visitor without a session
 * is `null`, and a value.
 *
 * @example
 * try {
 *   await client.revoke(id)
 * } catch (error) {
 *   if (error instanceof SessionClientError && error.error === "temporarily_unavailable") showTryAgain()
 *   else throw error
 * }
 */
export class SessionClientError extends Error {
  override readonly name = "SessionClientError";
  /** The HTTP status; 0 where no answer came. */
  declare readonly status: number;
  declare readonly error: ClientErrorName;

  constructor(status: number, error: ClientErrorName, options?: ErrorOptions) {
    super(`${error} (${status})`, options);
    this.status = status;
    this.error = error;
  }
}
