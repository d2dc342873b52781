import type { ApiKeys, KeyBearer } from "../core/api-key-session.ts";
import type { SessionTypes } from "../core/session.ts";
import { bearerOf } from "./bearer.ts";

/** A request of any runtime, as far as its headers go: a `Request`, or what Node's servers hand on. */
export interface WithHeaders {
  readonly headers:
    | { get(name: string): string | null }
    | Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Finds whom a request acts for by the API key that it brings. */
export async function authenticate<Types extends SessionTypes>(
  { apiKeys }: { readonly apiKeys: ApiKeys<Types> },
  { headers }: WithHeaders,
): ReturnType<ApiKeys<Types>["validate"]> {
  const header = (name: string) => headerOf(headers, name);
  return byKey(apiKeys, { header });
}

/** The same for whatever tells headers. A request without a key costs nothing. */
export async function byKey<Types extends SessionTypes>(
  apiKeys: ApiKeys<Types>,
  bearer: KeyBearer,
): ReturnType<ApiKeys<Types>["validate"]> {
  const key = bearerOf(bearer.header("authorization"));
  return key === null ? null : apiKeys.validate(key, bearer);
}

function headerOf(headers: WithHeaders["headers"], name: string): string | null {
  if (typeof headers.get === "function") return headers.get(name);
  const value = (headers as Readonly<Record<string, string | readonly string[] | undefined>>)[name.toLowerCase()];
  return typeof value === "string" ? value : (value?.join(", ") ?? null);
}
