import type { RefusalReason } from "./refusal.ts";

type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request of any kind: the web's `Request`, Node's `req`, or just its headers. */
export interface RequestLike {
  readonly headers: Headers | HeaderRecord;
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The whole path, where a router has shortened `url`. */
  readonly originalUrl?: string | undefined;
}

/** What may be verified: a request, its headers, or the text of a token. */
export type Presented = string | Headers | RequestLike;

/** A token, and how it was presented. */
export interface Credential {
  readonly token: string;
  /** In which scheme it came; a bare text is taken for a bearer's. */
  readonly scheme: "bearer" | "dpop";
  /** Of which request; `null` where only the token is known. */
  readonly request: RequestLike | null;
  readonly reason: null;
}

/** No token, and why. */
export interface NoCredential {
  readonly reason: Extract<RefusalReason, "missing" | "malformed">;
}

/** The scheme in any case, one space, and characters that a token may have. */
const grammar = /^(bearer|dpop) ([\w.~+/=-]+)$/i;

/**
 * Takes the token out of what was presented: of the header `Authorization` and of nothing else. Two such headers are none.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2.1 RFC 6750: the Authorization header}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-7.1 RFC 9449: the DPoP authentication scheme}
 */
export function credentialOf(presented: Presented, longest: number): Credential | NoCredential {
  if (typeof presented === "string") return { token: presented, scheme: "bearer", request: null, reason: null };
  const request = isHeaders(presented) ? { headers: presented } : presented;
  const header = headerOf(request, "authorization");
  if (header === null || !/^(?:bearer|dpop)\b/i.test(header)) return { reason: "missing" };
  if (header.length > longest + "Bearer ".length) return { reason: "malformed" };
  const [, scheme, token] = grammar.exec(header) ?? [];
  if (!scheme || !token) return { reason: "malformed" };
  return { token, scheme: scheme.toLowerCase() as Credential["scheme"], request, reason: null };
}

/** A header of a request, or `null`. One that was sent several times reads as all of its values with commas between. */
export function headerOf({ headers }: RequestLike, name: string): string | null {
  if (isHeaders(headers)) return headers.get(name);
  if (typeof headers !== "object" || headers === null || !Object.hasOwn(headers, name)) return null;
  const value = headers[name];
  return value === undefined ? null : [value].flat().join(", ");
}

function isHeaders(value: unknown): value is Headers {
  return typeof (value as Headers | null)?.get === "function";
}
