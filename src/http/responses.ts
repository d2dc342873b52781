import { isSessionError, type SessionErrorCode } from "../errors.ts";

const statuses: Partial<Record<SessionErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  SESSION_LIMIT: 403,
  IMPERSONATION_REFUSED: 403,
  SIGN_IN_NOT_STARTED: 409,
  SESSION_REPLACED: 409,
  SESSION_DESTROYED: 409,
  STORE_UNAVAILABLE: 503,
  STORE_CONFLICT: 503,
  STORE_FULL: 503,
  STORE_DRIVER_MISSING: 503,
  STORE_SCHEMA_MISSING: 503,
  STORE_CAPABILITY_MISSING: 503,
  USER_UNAVAILABLE: 503,
};

/** The status that an error of ours is answered with, or `null` for one that is the developer's to fix. */
export function statusOf(error: unknown): number | null {
  return isSessionError(error) ? (statuses[error.code] ?? null) : null;
}

/** The name that a client sees in place of an error. It tells nothing that an attacker could use. */
const names: Readonly<Record<number, string>> = {
  401: "unauthenticated",
  403: "forbidden",
  409: "session_changed",
  503: "temporarily_unavailable",
};

/** The body and headers for a status, for a response of any framework. */
export function describeStatus(status: number): {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (status === 503) headers["retry-after"] = "2";
  return { body: JSON.stringify({ error: names[status] ?? "error" }), headers };
}

/** Answers an error of ours as a response, and throws every other one again. */
export function errorResponse(error: unknown): Response {
  const status = statusOf(error);
  if (status === null) throw error;
  const { body, headers } = describeStatus(status);
  return new Response(body, { status, headers });
}
