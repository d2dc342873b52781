/** Every code a {@link SessionError} can carry. Codes are documentation anchors: they are added, never renamed. */
export type SessionErrorCode =
  | "CONFIG_INVALID"
  | "CONFIG_COOKIE_INSECURE"
  | "CONFIG_SECRET_WEAK"
  | "CONFIG_SECRET_MISSING"
  | "HEADERS_SENT"
  | "NO_REQUEST"
  | "SESSION_READ_ONLY"
  | "SESSION_DESTROYED"
  | "SESSION_REPLACED"
  | "SESSION_LIMIT"
  | "SIGN_IN_NOT_STARTED"
  | "SIGNS_IN_ELSEWHERE"
  | "IMPERSONATION_REFUSED"
  | "UNAUTHENTICATED"
  | "CROSS_SITE_REQUEST"
  | "USER_UNAVAILABLE"
  | "IDENTITY_UNAVAILABLE"
  | "VERIFICATION_UNAVAILABLE"
  | "EXTENSION_FAILED"
  | "PAYMENT_UNAVAILABLE"
  | "CONNECTION_MISSING"
  | "CONNECTION_BROKEN"
  | "CONNECTION_UNAVAILABLE"
  | "LESSON_LOCKED"
  | "STORE_UNAVAILABLE"
  | "STORE_CONFLICT"
  | "STORE_FULL"
  | "STORE_DRIVER_MISSING"
  | "STORE_SCHEMA_MISSING"
  | "STORE_CAPABILITY_MISSING"
  | "DATA_INVALID"
  | "DATA_TOO_LARGE";

/** What an error is made from: what happened, what to do about it, and what caused it. */
export interface SessionErrorDetails {
  /** What to do, as a sentence. */
  readonly hint?: string;
  /** The error underneath, kept as `error.cause`. */
  readonly cause?: unknown;
}

const brand = Symbol.for("coatcheck.error");
const docs = "https://coatcheck.dev/errors#";

/**
 * The base of every error this package throws.
 *
 * `code` is stable and documented; `hint` says what to do; `cause` holds the error underneath. Neither the message nor
 * any enumerable property ever holds a token, a digest or session data. Next.js bundles one package several times, so
 * ask {@link isSessionError} instead of using `instanceof`.
 */
export class SessionError extends Error {
  readonly code: SessionErrorCode;
  readonly hint: string | undefined;

  constructor(code: SessionErrorCode, what: string, details: SessionErrorDetails = {}) {
    const { hint, cause } = details;
    super(hint ? `${what} ${hint}` : what, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    Object.defineProperty(this, brand, { value: true });
  }

  /** The address of the page that explains this code. */
  get docs(): string {
    return docs + this.code.toLowerCase();
  }
}

/** The configuration is wrong. Thrown at start-up, with every problem in one message; the developer must act. */
export class SessionConfigError extends SessionError {}

/** The call cannot be made here or now, such as a change of the session while rendering; the developer must act. */
export class SessionStateError extends SessionError {}

/** The store (or the user look-up) did not answer, or refused; the operator must act. Answer it with a 503. */
export class SessionStoreError extends SessionError {}

/** An extension of the session, or another callback of the application, failed or did not answer; the session itself is well. */
export class SessionExtensionError extends SessionError {}

/** A problem found at one place of the data. The message may quote the value, so it is never printed by itself. */
export interface DataIssue {
  readonly path: string;
  readonly message: string;
}

/** The data does not fit its schema, is not JSON, or is too large; nothing was stored. */
export class SessionDataError extends SessionError {
  /** Every problem, with its path. Not enumerable: a validator's message may quote what the visitor typed. */
  declare readonly issues: readonly DataIssue[];

  constructor(
    code: "DATA_INVALID" | "DATA_TOO_LARGE",
    what: string,
    details: SessionErrorDetails & { readonly issues?: readonly DataIssue[] } = {},
  ) {
    super(code, what, details);
    Object.defineProperty(this, "issues", { value: details.issues ?? [] });
  }
}

// On the prototypes, so that printing an error does not list its name as one more property; as texts, since bundlers rename
// classes.
const names = {
  SessionError,
  SessionConfigError,
  SessionStateError,
  SessionStoreError,
  SessionExtensionError,
  SessionDataError,
};
for (const [name, type] of Object.entries(names)) Object.defineProperty(type.prototype, "name", { value: name });

/**
 * Tells whether a thrown value is one of ours, and optionally whether it carries one of the given codes.
 *
 * @example
 * if (isSessionError(error, "STORE_UNAVAILABLE")) return new Response("try again", { status: 503 })
 */
export function isSessionError(error: unknown, ...codes: SessionErrorCode[]): error is SessionError {
  if (typeof error !== "object" || error === null || !(brand in error)) return false;
  return codes.length === 0 || codes.includes((error as unknown as SessionError).code);
}
