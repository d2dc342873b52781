import { expect } from "vitest";
import type { SessionStore } from "../../src/index.ts";
import { generateTokenKey, type TokensOptions, tokens } from "../../src/tokens/index.ts";
import { type World, world } from "../support/world.ts";

export const secrets = ["0123456789abcdef0123456789abcdef"];
export const issuer = "https://shop.example";
export const api = "https://api.shop.example";
export const stock = "https://stock.shop.example";
export const serverSecret = "the server's own thirty-two bytes and more";
export const tokenKey = await generateTokenKey();

/** What the scenes are configured with, where they say nothing else. */
export const usual: TokensOptions = {
  issuer,
  audiences: [api, stock],
  scopes: ["orders:read", "orders:write", "stock:read"],
  clients: {
    mobile: { public: true },
    cli: { public: true, ownsSession: true },
    reports: { secret: serverSecret, scopes: ["orders:read"] },
    api: { secret: [`${serverSecret} of the api`, `${serverSecret} of before`], serves: [api] },
  },
  keys: tokenKey,
};

/** A world whose sessions issue tokens. */
export type TokenWorld = World;

type WorldOptions = NonNullable<Parameters<typeof world>[0]>;

/** Makes such a world. */
export function tokenWorld(
  options: Partial<TokensOptions> = {},
  { secrets: own = secrets, ...others }: WorldOptions & { readonly store?: SessionStore } = {},
): TokenWorld {
  return world({ ...others, secrets: own, tokens: tokens({ ...usual, ...options }) });
}

/** Signs a user in, and issues tokens of the session. */
export async function issued(
  { sessions }: TokenWorld,
  { userId = "ann", client = "mobile", scope = ["orders:read", "orders:write"], audience = [api] } = {},
) {
  const { session, token } = await sessions.create({ userId });
  const made = await session.issueTokens({ client, scope, audience });
  return { session, token, ...made, refreshToken: made.refreshToken ?? expect.fail("no refresh token") };
}

/** An answer of one of the endpoints. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/** Posts a form to one of the actions. */
export async function post(
  { sessions }: TokenWorld,
  action: string,
  fields: Readonly<Record<string, string>> | URLSearchParams,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const url = `https://shop.example/api/session/${action}`;
  const body = new URLSearchParams(fields);
  const response = await sessions.handler(new Request(url, { method: "POST", body, headers }));
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text), headers: response.headers };
}

/** Exchanges a refresh token. */
export function refresh(here: TokenWorld, token: string, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return post(here, "token", { grant_type: "refresh_token", client_id: "mobile", refresh_token: token, ...more });
}

/** The refresh token of an answer that has one. */
export function successorIn({ status, body }: Answer): string {
  expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
  return body.refresh_token as string;
}

/** The `Authorization` header of a confidential client. */
export function basic(id: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}` };
}

/** The claims of a JWT, without a look at its signature. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}
