import type { Fetch, Provider } from "../../src/connections/index.ts";
import type { Maybe } from "../../src/maybe.ts";

/** A provider of OAuth 2.0 in this process, whose tokens say whose they are and how often they were refreshed. */
export interface TaggedProvider {
  readonly provider: Provider;
  readonly fetch: Fetch;
  /** The refresh tokens that were presented. */
  readonly refreshes: string[];
  readonly revoked: string[];
  /** Answers the next refreshes in place of the provider; `undefined` leaves it to the provider. */
  atRefresh: ((refreshToken: string, parameters: URLSearchParams) => Maybe<Response | undefined>) | null;
  /** Answers the next revocations in place of the provider. */
  atRevocation: (() => Response) | null;
  /** Whether an answer has a refresh token in it (default `true`). */
  rotates: boolean;
}

/** How long its access tokens live, in seconds. */
export const tokenLife = 600;

/** An answer of a token endpoint. */
export const tokenAnswer = (accessToken: string, more: object = {}): Response =>
  Response.json({ access_token: accessToken, token_type: "bearer", expires_in: tokenLife, ...more });

/** An answer of a token endpoint that refuses. */
export const refusal = (error: string): Response => Response.json({ error }, { status: 400 });

/** Makes a provider. A code is the name of whoever has consented. */
export function taggedProvider(issuer = "https://tagged.example"): TaggedProvider {
  const provider: Provider = {
    issuer,
    metadata: {
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      revocation_endpoint: `${issuer}/revoke`,
    },
    clientId: "shop",
    clientSecret: "a secret of the shop and the provider",
    scope: ["read"],
    profile: { url: `${issuer}/me`, subject: ({ id }) => id as string },
  };

  function granted(name: string, turn: number): Response {
    const refresh = tagged.rotates || turn === 0 ? { refresh_token: `refresh.${name}.${turn}` } : {};
    return tokenAnswer(`access.${name}.${turn}`, refresh);
  }

  async function answerToken(parameters: URLSearchParams): Promise<Response> {
    if (parameters.get("grant_type") === "authorization_code") return granted(parameters.get("code") ?? "", 0);
    const refreshToken = parameters.get("refresh_token") ?? "";
    tagged.refreshes.push(refreshToken);
    const [, name = "", turn = ""] = /^refresh\.(.+)\.(\d+)$/.exec(refreshToken) ?? [];
    const answer = await tagged.atRefresh?.(refreshToken, parameters);
    if (answer) return answer;
    const part = parameters.get("resource") ?? parameters.get("scope");
    return part === null ? granted(name, Number(turn) + 1) : tokenAnswer(`access.${name}.for.${part}`);
  }

  const tagged: TaggedProvider = {
    ...{ provider, refreshes: [], revoked: [], atRefresh: null, atRevocation: null, rotates: true },
    async fetch(url, { headers, body }) {
      const parameters = body as URLSearchParams;
      if (url === `${issuer}/token`) return answerToken(parameters);
      if (url === `${issuer}/revoke`) {
        tagged.revoked.push(parameters.get("token") ?? "");
        return tagged.atRevocation?.() ?? new Response(null, { status: 200 });
      }
      const [, name = ""] = /^Bearer access\.(.+)\.\d+$/.exec(new Headers(headers).get("authorization") ?? "") ?? [];
      return Response.json({ id: name });
    },
  };
  return tagged;
}

/** A promise that the test resolves. */
export function gate<Value>() {
  let open!: (value: Value) => void;
  const opened = new Promise<Value>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
