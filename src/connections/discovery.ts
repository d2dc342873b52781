import {
  type AuthorizationServer,
  type DiscoveryRequestOptions,
  discoveryRequest,
  processDiscoveryResponse,
} from "oauth4webapi";
import type { Runtime } from "../runtime.ts";
import type { Provider } from "./provider.ts";

/** For how long what was discovered is believed, in milliseconds. */
const believedFor = 3_600_000;

/** Finds the metadata of one provider. */
export type Discovery = () => Promise<AuthorizationServer>;

/**
 * Makes the discovery of one provider: asked once an hour, by one for all who wait. A failure is not remembered, and what was
 * discovered before stands in where there is something. The issuer in the answer must be the configured one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.3 RFC 8414 section 3.3}
 */
export function createDiscovery(provider: Provider, runtime: Runtime, options: DiscoveryRequestOptions): Discovery {
  const { issuer, metadata } = provider;
  if (metadata) return async () => ({ issuer, ...metadata });
  let known: { readonly server: AuthorizationServer; readonly until: number } | null = null;
  let asking: Promise<AuthorizationServer> | null = null;

  async function ask(): Promise<AuthorizationServer> {
    const url = new URL(issuer);
    try {
      const server = await processDiscoveryResponse(url, await discoveryRequest(url, options));
      known = { server, until: runtime.now() + believedFor };
      return server;
    } catch (error) {
      if (known) return known.server;
      throw error;
    } finally {
      asking = null;
    }
  }

  return async () => {
    if (known && runtime.now() < known.until) return known.server;
    asking ??= ask();
    return asking;
  };
}
