import { usualAlgorithms } from "../verify/algorithms.ts";
import type { Desk } from "./desk.ts";

/**
 * What there is, for clients that look it up.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414 section 2: authorization server metadata}
 */
export function describeServer({ policy, basePath }: Desk): Readonly<Record<string, unknown>> {
  const { issuer, scopes, clients, dpop } = policy;
  const at = (path: string) => new URL(`${basePath}${path}`, issuer).href;
  const isSecret = [...clients.values()].some(({ secrets }) => secrets.length > 0);
  const isPublic = [...clients.values()].some(({ secrets }) => secrets.length === 0);
  const bySecret = ["client_secret_basic", "client_secret_post"];
  const methods = [...(isSecret ? bySecret : []), ...(isPublic ? ["none"] : [])];
  return {
    issuer,
    token_endpoint: at("/token"),
    token_endpoint_auth_methods_supported: methods,
    grant_types_supported: ["refresh_token"],
    response_types_supported: [],
    jwks_uri: at("/jwks.json"),
    ...(scopes && { scopes_supported: scopes }),
    ...(dpop && { dpop_signing_alg_values_supported: dpop.algorithms ?? usualAlgorithms }),
    revocation_endpoint: at("/revoke-token"),
    revocation_endpoint_auth_methods_supported: methods,
    ...(isSecret && {
      introspection_endpoint: at("/introspect"),
      introspection_endpoint_auth_methods_supported: bySecret,
    }),
  };
}
