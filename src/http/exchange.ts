import type { SessionCookie } from "../cookie/rules.ts";

/** One HTTP request and its response, whatever the framework. */
export interface Exchange {
  readonly method: string;
  /** A header of the request, lower-case name; several lines joined as HTTP joins them. */
  header(name: string): string | null;
  /** The address at the other end of the connection, `null` where it is not known. Missing where the runtime tells none. */
  peer?(): string | null;
  /** Whether it is too late to set a cookie. */
  isSealed(): boolean;
  /** Sets a cookie; of two with one name the later stays. Cookies of others are left alone. */
  setCookie(cookie: SessionCookie): void;
  /** Keeps the response out of every shared cache. */
  markPrivate(): void;
  /** Runs a task that the response does not wait for. */
  defer(task: () => Promise<void>): void;
}

/** What every response that knows a session says about caching. */
export const privateCacheControl = "private, no-store";

/** Adds a field to a `Vary` header. */
export function addVary(present: string | null, field: string): string {
  if (!present) return field;
  const fields = present.split(",").map((name) => name.trim().toLowerCase());
  return fields.includes("*") || fields.includes(field.toLowerCase()) ? present : `${present}, ${field}`;
}
