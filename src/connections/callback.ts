import { checkUserId } from "../core/inputs.ts";
import { isSessionError } from "../errors.ts";
import { statusResponse } from "../http/responses.ts";
import type { Flows, FlowsOfSession, TakenFlow } from "./flows.ts";
import type { Report } from "./fresh-tokens.ts";
import type { Links } from "./links.ts";
import type { ConnectionsPolicy, SignInAs } from "./options.ts";
import type { PendingFlow } from "./pending-flows.ts";
import type { Account } from "./provider.ts";
import { type Granted, type ProviderClient, refusalIn } from "./provider-client.ts";
import type { SealedTokens } from "./sealed-tokens.ts";
import { type ConnectionError, failurePathOf, sendOn } from "./way-back.ts";

/** The session of whoever came back. */
export interface ReturningSession {
  readonly userId: string | null;
  signIn(userId: string, options?: object): Promise<unknown>;
  /** Asks the store whether it is the session still that the request began with; rejects where it is not. */
  touch(): Promise<unknown>;
}

/** What a callback works with. */
export interface CallbackContext {
  readonly policy: ConnectionsPolicy;
  readonly flows: Flows;
  readonly links: Links;
  readonly tokens: SealedTokens;
  clientOf(provider: string): ProviderClient;
}

/** One browser that came back from a provider. */
export interface Return {
  readonly provider: string;
  readonly request: Request;
  readonly redirectUri: string;
  readonly session: ReturningSession;
  readonly flows: FlowsOfSession;
  readonly report: Report;
}

/**
 * Answers a browser that came back: signs in or links, and sends it on. What it brought is taken once, in the browser that began,
 * at the provider that it was begun with, within ten minutes; a failure says which kind it was, and nothing that came from outside.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9700#section-4.4 RFC 9700 section 4.4: mix-up attacks}
 */
export async function answerCallback(context: CallbackContext, returned: Return): Promise<Response> {
  const { provider, request, session, report } = returned;
  if (request.method !== "GET") return statusResponse(405, { allow: "GET" });
  const parameters = new URL(request.url).searchParams;
  const taken = await context.flows.take(returned.flows, parameters.get("state"));
  const fail = (error: ConnectionError, reason: string) => {
    report("callback-refused", { provider, reason });
    return sendOn(failurePathOf(context.policy, taken?.flow, error, provider));
  };
  if (!taken) return fail("expired", "unknown-state");
  if (taken.flow.provider !== provider) return fail("expired", "other-provider");
  if (taken.flow.purpose === "link" && !isStill(session, taken.flow)) return fail("expired", "other-user");
  let redeemed: { readonly account: Account; readonly granted: Granted };
  try {
    redeemed = await redeem(context, returned, taken, parameters);
  } catch (error) {
    return refusalIn(error) === "access_denied" ? fail("cancelled", "denied") : fail("failed", reasonOf(error));
  }
  const { purpose, returnTo } = taken.flow;
  const error = await (purpose === "link" ? link : signIn)(context, returned, redeemed.account, redeemed.granted);
  return error ? fail(error, error) : sendOn(returnTo);
}

function redeem({ clientOf }: CallbackContext, returned: Return, { secrets }: TakenFlow, parameters: URLSearchParams) {
  const { provider, redirectUri } = returned;
  return clientOf(provider).redeem(parameters, { ...secrets, redirectUri });
}

type Act = (
  context: CallbackContext,
  returned: Return,
  account: Account,
  granted: Granted,
) => Promise<ConnectionError | null>;

const link: Act = async (context, { provider, session, report }, account, granted) => {
  const userId = session.userId as string;
  if (!(await isAlive(session))) return "expired";
  if ((await context.policy.onLink?.({ provider, userId, ...account })) === false) return "refused";
  await keep(context, { provider, userId }, account, granted);
  report("account-linked", { provider });
  return null;
};

// The link first: whoever is signed in finds it there. Should the sign-in fail, it is their link all the same.
const signIn: Act = async (context, { provider, session }, account, granted) => {
  const as = (await context.policy.onSignIn?.({ provider, ...account })) ?? null;
  if (as === null) return "refused";
  const { userId: given, ...options }: Exclude<SignInAs, string> = typeof as === "string" ? { userId: as } : as;
  const userId = checkUserId(given);
  await keep(context, { provider, userId }, account, granted);
  try {
    await session.signIn(userId, options);
    return null;
  } catch (error) {
    if (isSessionError(error, "SESSION_LIMIT")) return "limit";
    throw error;
  }
};

function keep(
  { links, tokens, policy }: CallbackContext,
  owner: { userId: string; provider: string },
  account: Account,
  granted: Granted,
) {
  return links.put(owner, (before) => tokens.linked(owner, before, account, granted, policy.runtime.now()));
}

/** Whether the session has outlived the answer of the provider: what has ended meanwhile links nothing. */
async function isAlive(session: ReturningSession): Promise<boolean> {
  try {
    await session.touch();
    return true;
  } catch (error) {
    if (isSessionError(error, "SESSION_DESTROYED", "SESSION_REPLACED")) return false;
    throw error;
  }
}

/** Whether whoever comes back is who went. */
function isStill({ userId }: ReturningSession, flow: PendingFlow): boolean {
  return userId !== null && userId === flow.userId;
}

/** The code of the library's error: it names the check that failed, and quotes nothing. */
function reasonOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === "string" && /^[A-Z_]{1,60}$/.test(code) ? code : String(name ?? "error").slice(0, 60);
}
