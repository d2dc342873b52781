import type { SessionCookie } from "../cookie/rules.ts";
import { isSafeMethod } from "./origin-check.ts";

/** One HTTP request and its response, whatever the framework. */
export interface Exchange {
  readonly method: string;
  /** The path that was asked for, without its query; `null` where it cannot be told for certain. */
  readonly path: string | null;
  /** A header of the request, lower-case name; several lines joined as HTTP joins them. */
  header(name: string): string | null;
  /** The address at the other end of the connection, `null` where it is not known. Missing where the runtime tells none. */
  peer?(): string | null;
  /** Whether it is too late to set a cookie. */
  isSealed(): boolean;
  /** Sets a cookie; of two with one name the later stays. Cookies of others are left alone. */
  setCookie(cookie: SessionCookie): void;
  /** The value of a cookie that was set so far, `null` where none was. */
  given(name: string): string | null;
  /** Sets a header of ours on the response, lower-case name; of two with one name the later stays. */
  setHeader(name: string, value: string): void;
  /** Keeps the response out of every shared cache. */
  markPrivate(): void;
  /** Runs a task that the response does not wait for. */
  defer(task: () => Promise<void>): void;
}

/** What every response that knows a session says about caching. */
export const privateCacheControl = "private, no-store";

/** The `Vary` header of a response that knows a session; where the request was checked, it depends on more. */
export function privateVary(present: string | null, method: string): string {
  const fields = isSafeMethod(method) ? ["Cookie"] : ["Cookie", "Sec-Fetch-Site", "Origin"];
  return fields.reduce(addVary, present ?? "");
}

function addVary(present: string, field: string): string {
  if (present === "") return field;
  const fields = present.split(",").map((name) => name.trim().toLowerCase());
  return fields.includes("*") || fields.includes(field.toLowerCase()) ? present : `${present}, ${field}`;
}
