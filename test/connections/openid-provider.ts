import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

/** An OpenID provider on this machine: whoever gives a name is that person, and consents to everything. */
export interface OpenidProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How often the token endpoint has granted something, or refused to, by `grant_type`. */
  readonly granted: Record<string, number>;
  readonly refused: Record<string, number>;
  /** How often the paths were asked. */
  readonly asked: Record<string, number>;
  /** Ends every access token that was given, and no grant. */
  endAccessTokens(): void;
  /** Takes back whatever a person has granted. */
  takeBack(): Promise<void>;
  /** From now on the token endpoint answers 503, until it is told otherwise. */
  isDown: boolean;
  /** From now on what is asked of the token endpoint waits, and is lost at the end. */
  holdTokens(): { readonly arrived: Promise<void>; end(): void };
  /** From now on what is asked of the token endpoint waits until it is let go, and is answered then. */
  delayTokens(): { waiting(): number; letGo(): void };
}

/** What differs between the providers of a test. */
export interface ProviderSetup {
  /** Where a browser may be sent back to. */
  readonly redirectUris: readonly string[];
  /** How long access tokens live, in seconds (default 600). */
  readonly accessTokenLife?: number;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface Library {
  callback(): Answer;
  on(event: string, listener: (context: never) => void): void;
  readonly Grant: new () => unknown;
}

/** Starts a provider that ends with the tests of the file. Refresh tokens rotate, and a used one ends its family. */
export async function startProvider({ redirectUris, accessTokenLife = 600 }: ProviderSetup): Promise<OpenidProvider> {
  // @ts-expect-error It comes without types.
  const { default: Provider } = (await import("oidc-provider")) as unknown as {
    default: new (issuer: string, configuration: object) => Library;
  };
  let answer: Answer = () => undefined;
  const state = { isDown: false, asked: {} as Record<string, number> };
  let onHeld: (() => void) | null = null;
  let delayed: (() => void)[] | null = null;
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    count(state.asked, path);
    if (onHeld && path === "/token") onHeld();
    else if (state.isDown && path === "/token") response.writeHead(503).end("down");
    else if (delayed && path === "/token") delayed.push(() => answer(request, response));
    else answer(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientId = `shop-${(server.address() as AddressInfo).port}`;
  const clientSecret = "a secret between the shop and the provider";
  const stored = new Map<string, Map<string, unknown>>();
  const provider = new Provider(issuer, {
    clients: [
      {
        ...{ client_id: clientId, client_secret: clientSecret, redirect_uris: redirectUris },
        grant_types: ["authorization_code", "refresh_token"],
      },
    ],
    adapter: adapterOver(stored),
    claims: { openid: ["sub"], email: ["email"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["a key of this test"] },
    scopes: ["openid", "email"],
    features: { revocation: { enabled: true } },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: accessTokenLife,
      IdToken: 3_600,
      RefreshToken: 86_400,
      Grant: 86_400,
      Interaction: 600,
      Session: 3_600,
    },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@provider.example` }),
    }),
  });
  const granted: Record<string, number> = {};
  const refused: Record<string, number> = {};
  type Context = { readonly oidc: { readonly params?: { readonly grant_type?: string } } };
  provider.on("grant.success", ({ oidc }: Context) => count(granted, oidc.params?.grant_type));
  provider.on("grant.error", ({ oidc }: Context) => count(refused, oidc.params?.grant_type));
  answer = provider.callback();
  return Object.assign(state, {
    ...{ issuer, clientId, clientSecret, granted, refused },
    holdTokens() {
      const arrived = new Promise<void>((resolve) => {
        onHeld = resolve;
      });
      return {
        arrived,
        end() {
          onHeld = null;
        },
      };
    },
    delayTokens() {
      const waiting: (() => void)[] = [];
      delayed = waiting;
      return {
        waiting: () => waiting.length,
        letGo() {
          delayed = null;
          for (const goOn of waiting) goOn();
        },
      };
    },
    endAccessTokens() {
      stored.get("AccessToken")?.clear();
    },
    async takeBack() {
      for (const [model, entries] of stored) if (/Grant|Token/.test(model)) entries.clear();
    },
  });
}

function count(counts: Record<string, number>, name = "nothing"): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

type Payload = Record<string, unknown> & { grantId?: string; uid?: string; consumed?: number };

/** Keeps what the provider stores where the test can take it back. */
function adapterOver(stored: Map<string, Map<string, unknown>>) {
  return class Adapter {
    readonly entries: Map<string, Payload>;

    constructor(model: string) {
      this.entries = (stored.get(model) as Map<string, Payload> | undefined) ?? new Map();
      stored.set(model, this.entries);
    }

    async upsert(id: string, payload: Payload) {
      this.entries.set(id, payload);
    }
    async find(id: string) {
      return this.entries.get(id);
    }
    async findByUid(uid: string) {
      return [...this.entries.values()].find((entry) => entry.uid === uid);
    }
    async findByUserCode() {
      return undefined;
    }
    async consume(id: string) {
      const entry = this.entries.get(id);
      if (entry) entry.consumed = Math.floor(Date.now() / 1_000);
    }
    async destroy(id: string) {
      this.entries.delete(id);
    }
    async revokeByGrantId(grantId: string) {
      for (const entries of stored.values())
        for (const [id, entry] of entries) if ((entry as Payload).grantId === grantId) entries.delete(id);
    }
  };
}

/**
 * What a browser does at the provider: from the address that the application sent it to, over the provider's own pages, to the
 * address that it is sent back to.
 */
export async function signInAt(address: string, name: string, backTo = "https://shop.example"): Promise<string> {
  const cookies = new Map<string, string>();
  let request: { url: string; body?: URLSearchParams } = { url: address };
  for (let step = 0; step < 20; step++) {
    const { url, body } = request;
    const headers = { cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join("; ") };
    const response = await fetch(url, { redirect: "manual", headers, ...(body && { method: "POST", body }) });
    for (const line of response.headers.getSetCookie()) {
      const [, key = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") cookies.delete(key);
      else cookies.set(key, value);
    }
    const location = response.headers.get("location");
    if (location?.startsWith(backTo)) return location;
    request = location ? { url: new URL(location, url).href } : answerForm(await response.text(), url, name);
  }
  throw new Error("the provider asks for ever");
}

function answerForm(page: string, url: string, name: string): { url: string; body: URLSearchParams } {
  const [, action = ""] = /<form[^>]* action="([^"]+)"/.exec(page) ?? [];
  const [, prompt = ""] = /name="prompt" value="([^"]+)"/.exec(page) ?? [];
  if (action === "") throw new Error(`the provider shows: ${page.slice(0, 2_000)}`);
  const fields = prompt === "login" ? { prompt, login: name, password: "any" } : { prompt };
  return { url: new URL(action, url).href, body: new URLSearchParams(fields) };
}
