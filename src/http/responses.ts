import { isSessionError, type SessionErrorCode } from "../errors.ts";

const statuses: Partial<Record<SessionErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  CROSS_SITE_REQUEST: 403,
  SESSION_LIMIT: 403,
  IMPERSONATION_REFUSED: 403,
  LESSON_LOCKED: 403,
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
  IDENTITY_UNAVAILABLE: 503,
  VERIFICATION_UNAVAILABLE: 503,
  EXTENSION_FAILED: 503,
  PAYMENT_UNAVAILABLE: 503,
  CONNECTION_MISSING: 403,
  CONNECTION_BROKEN: 403,
  CONNECTION_UNAVAILABLE: 503,
};

/** The status that an error of ours is answered with, or `null` for one that is the developer's to fix. */
export function statusOf(error: unknown): number | null {
  return isSessionError(error) ? (statuses[error.code] ?? null) : null;
}

/** What a client reads where a request was refused for coming from another site. */
const crossSiteName = "cross_site_request";

/** The name that a client sees in place of an error. It tells nothing that an attacker could use. */
const names: Readonly<Record<number, string>> = {
  400: "invalid_input",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  409: "session_changed",
  413: "invalid_input",
  415: "invalid_input",
  500: "internal_error",
  503: "temporarily_unavailable",
};

/** The body and headers for a status, for a response of any framework. `error` is the one that led to it. */
export function describeStatus(
  status: number,
  error?: unknown,
): {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (status === 503) headers["retry-after"] = "2";
  const name = isSessionError(error, "CROSS_SITE_REQUEST") ? crossSiteName : names[status];
  return { body: JSON.stringify({ error: name ?? "error" }), headers };
}

/** The answer for a status, with whatever headers it needs beside. */
export function statusResponse(status: number, more: Readonly<Record<string, string>> = {}): Response {
  const { body, headers } = describeStatus(status);
  return new Response(body, { status, headers: { ...headers, ...more } });
}

/** Answers an error of ours as a response, and throws every other one again. */
export function errorResponse(error: unknown): Response {
  const status = statusOf(error);
  if (status === null) throw error;
  const { body, headers } = describeStatus(status, error);
  return new Response(body, { status, headers });
}

/** The answer to a request of another site. */
export function crossSiteResponse(): Response {
  return Response.json({ error: crossSiteName }, { status: 403 });
}

/** The answer to input that does not fit. It names fields of the application's schema, and quotes nothing that was sent. */
export function invalidInput(status: 400 | 413 | 415, fields: readonly string[] = []): Response {
  const error = names[status];
  return Response.json(fields.length > 0 ? { error, fields } : { error }, { status });
}

/** Tells a response from a value. By shape: several realms may have a class of that name. */
export function isResponse(value: unknown): value is Response {
  const { status, headers, arrayBuffer } = (value ?? {}) as Partial<Response>;
  return typeof status === "number" && typeof headers?.get === "function" && typeof arrayBuffer === "function";
}
