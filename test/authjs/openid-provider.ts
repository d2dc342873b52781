import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** An OpenID provider on this machine: whoever gives a name is that person. */
export interface OpenidProvider {
  readonly issuer: string;
  close(): void;
}

/** Starts the provider that is installed in a folder, for one application. */
export async function startOpenidProvider(folder: string, origin: () => string): Promise<OpenidProvider> {
  const file = join(folder, "node_modules/oidc-provider/lib/index.js");
  const { Provider } = (await import(pathToFileURL(file).href)) as { Provider: new (...args: unknown[]) => never };
  const server: Server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let answer: ((request: unknown, response: unknown) => void) | undefined;
  server.on("request", (request, response) => {
    // Made at the first request: by then the address of the application is known.
    answer ??= callbackOf(new Provider(issuer, configuration(`${origin()}/api/auth/callback/loopback`)));
    answer(request, response);
  });
  return {
    issuer,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function callbackOf(provider: { callback(): (request: unknown, response: unknown) => void }) {
  return provider.callback();
}

function configuration(redirectUri: string) {
  return {
    clients: [
      {
        client_id: "shop",
        client_secret: "a secret between the shop and the provider",
        redirect_uris: [redirectUri],
      },
    ],
    claims: { openid: ["sub"], email: ["email"] },
    conformIdTokenClaims: false, // the e-mail address in the ID token, where Auth.js looks
    cookies: { keys: ["a key of this test"] },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@provider.example` }),
    }),
  };
}
