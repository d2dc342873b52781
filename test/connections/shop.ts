import type { Providers } from "../../src/connections/index.ts";
import { type ConnectionsOptions, connections, oidc } from "../../src/connections/index.ts";
import { createSessions, memoryStore, type SessionEvent, type SessionStore } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { type OpenidProvider, signInAt } from "./openid-provider.ts";

export const origin = "https://shop.example";

/** The address that a provider sends a browser back to. */
export const callbackOf = (name: string): string => `${origin}/api/session/callback.${name}`;

export const secrets = ["a secret of the shop's that is long enough"];

/** A provider of the test as the shop is configured with it. */
export function asProvider({ issuer, clientId, clientSecret }: OpenidProvider) {
  return oidc({ issuer, clientId, clientSecret, scope: ["openid", "email"] });
}

/** A shop whose visitors sign in with providers and link accounts; the user is whoever the provider says, with the name before. */
export function openShop<const Named extends Providers>(
  providers: Named,
  options: Partial<ConnectionsOptions<Named>> & {
    readonly store?: SessionStore;
    readonly runtime?: ReturnType<typeof fakeRuntime>;
  } = {},
) {
  // The provider reads the clock of the machine.
  const runtime = options.runtime ?? fakeRuntime({ now: Date.now() });
  const store = options.store ?? memoryStore();
  const events: SessionEvent[] = [];
  const connection = connections({
    ...{ store, secrets, origin, providers, runtime },
    onSignIn: ({ provider, subject }) => `${provider}:${subject}`,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const sessions = createSessions({
    ...{ store, runtime, origins: [origin], extend: { connection } },
    onEvent: (event) => events.push(event),
    actions: {
      "provider-token": {
        method: "GET",
        handler: async ({ session, request }) => {
          const provider = new URL(request.url).searchParams.get("provider") as keyof Named & string;
          return { token: await session.connection(provider).accessToken() };
        },
      },
    },
  });
  const told = () => events.flatMap((event) => (event.type === "extension" ? [event.event] : []));
  return { runtime, store, events, connection, sessions, told, visitor: () => new Visitor(sessions) };
}

/** A browser of the shop's. */
export class Visitor {
  readonly #sessions: { handler(request: Request): Promise<Response> };
  readonly cookies = new Map<string, string>();

  constructor(sessions: { handler(request: Request): Promise<Response> }) {
    this.#sessions = sessions;
  }

  /** Makes a request below the base path, as a script of the shop's, or as a page that is opened where `address` is a whole one. */
  async request(
    address: string,
    body?: object | URLSearchParams,
    more: Record<string, string> = {},
  ): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const url = address.startsWith("https:") ? address : `${origin}/api/session${address}`;
    const isForm = body instanceof URLSearchParams;
    const type = isForm ? "application/x-www-form-urlencoded" : "application/json";
    const headers = { cookie, origin, "sec-fetch-site": "same-origin", "content-type": type, ...more };
    const given = body ? { method: "POST", body: isForm ? String(body) : JSON.stringify(body) } : {};
    const response = await this.#sessions.handler(new Request(url, { ...given, headers }));
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0(;|$)/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  /** Posts a form as a page does, and answers where the browser is sent. */
  async submit(address: string, fields: Record<string, string>): Promise<string> {
    const body = new URLSearchParams(fields);
    const { status, headers } = await this.request(address, body, { accept: "text/html" });
    return `${status} ${headers.get("location")}`;
  }

  async post(address: string, body: object): Promise<unknown> {
    return (await this.request(address, body)).json();
  }

  /** Asks to sign in with a provider, or to link an account there, and answers the provider's address. */
  async begin(action: "sign-in-with" | "link-account", provider: string, returnTo = "/after"): Promise<string> {
    const { url } = (await this.post(`/${action}`, { provider, returnTo })) as { url: string };
    return url;
  }

  /** Goes to a provider and comes back; answers where the shop sends the browser then. */
  async goThrough(action: "sign-in-with" | "link-account", provider: string, name: string): Promise<string> {
    const back = await signInAt(await this.begin(action, provider), name);
    return this.comeBack(back);
  }

  async comeBack(address: string): Promise<string> {
    const response = await this.request(address);
    return `${response.status} ${response.headers.get("location")}`;
  }

  /** Who is signed in, and what they have linked. */
  async linked(): Promise<unknown> {
    const response = await this.request("/linked-accounts");
    return response.status === 200 ? ((await response.json()) as { accounts: unknown }).accounts : response.status;
  }
}
