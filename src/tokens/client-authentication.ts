import { equalInConstantTime } from "../bytes.ts";
import type { Emit } from "../core/events.ts";
import { digestOf } from "../token/digest.ts";
import type { ClientPolicy } from "./clients.ts";
import { oauthError } from "./oauth-answers.ts";
import type { OAuthForm } from "./oauth-form.ts";

/** What a request says of its client. */
interface Credentials {
  readonly id: string;
  /** `null` where none was sent. */
  readonly secret: string | null;
}

/** What it takes to know a client. */
interface ClientsContext {
  readonly clients: ReadonlyMap<string, ClientPolicy>;
  readonly emit: Emit;
}

/**
 * Finds the client of a request: by `Authorization: Basic`, or by `client_id` and `client_secret` of the body, never by both. A public
 * client names itself, and has no secret to send.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 RFC 6749 section 2.3.1: client password}
 */
export async function authenticateClient(
  { clients, emit }: ClientsContext,
  authorization: string | null,
  form: OAuthForm,
): Promise<ClientPolicy | Response> {
  const found = credentialsOf(authorization, form);
  if (found === "ambiguous") return oauthError("invalid_request");
  const client = found ? clients.get(found.id) : undefined;
  // An unknown client is compared as well, so that the time does not tell which there are.
  const isProven = await proves(client, found?.secret ?? null);
  if (client && isProven) return client;
  emit({ type: "client-rejected", clientId: client?.id ?? null });
  const challenge = authorization === null ? {} : { "www-authenticate": 'Basic realm="tokens", charset="UTF-8"' };
  return oauthError("invalid_client", challenge);
}

async function proves(client: ClientPolicy | undefined, secret: string | null): Promise<boolean> {
  const { secrets } = client ?? { secrets: ["nobody's"] };
  if (secrets.length === 0) return secret === null;
  const presented = await digestOf(secret ?? "");
  let isOne = false;
  for (const one of secrets) {
    const isThis = equalInConstantTime(presented, await digestOf(one));
    isOne = isOne || isThis;
  }
  return isOne;
}

function credentialsOf(authorization: string | null, form: OAuthForm): Credentials | "ambiguous" | null {
  const [id, secret] = [form.get("client_id") ?? null, form.get("client_secret") ?? null];
  if (authorization === null) return id === null ? null : { id, secret };
  const basic = basicOf(authorization);
  if (basic === null) return null;
  return secret !== null || (id !== null && id !== basic.id) ? "ambiguous" : basic;
}

/** No credential is longer. */
const longest = 4_096;

function basicOf(authorization: string): Credentials | null {
  const [, encoded] = (authorization.length <= longest && /^Basic ([\w+/]+=*)$/i.exec(authorization)) || [];
  if (encoded === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
    const [, id, secret] = /^([^:]*):(.*)$/s.exec(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) ?? [];
    return id === undefined || secret === undefined ? null : { id: decoded(id), secret: decoded(secret) };
  } catch {
    return null; // neither base64, UTF-8 nor URL-encoded
  }
}

// Both are form-encoded before they are joined.
function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}
