import type { Duration } from "../duration.ts";
import { isSessionError } from "../errors.ts";
import { isJson, readBody } from "../http/action-body.ts";
import { invalidInput, isResponse, statusResponse } from "../http/responses.ts";
import { safeReturnTo } from "../http/return-to.ts";
import { type AccountChoice, accountChoice } from "./account-choice.ts";
import { answerCallback, type CallbackContext, type ReturningSession } from "./callback.ts";
import { unavailable } from "./failures.ts";
import type { Purpose } from "./pending-flows.ts";
import type { Binding } from "./provider-client.ts";
import type { Inside, SessionConnections } from "./session-connections.ts";
import { failurePathOf, sendOn } from "./way-back.ts";

interface ActingSession extends ReturningSession {
  readonly connection: SessionConnections<string>;
}

interface Asked<Input = undefined> {
  readonly session: ActingSession;
  readonly input: Input;
  readonly request: Request;
}

/** What the actions work with. */
export interface ActionsContext extends CallbackContext {
  insideOf(connection: SessionConnections<string>): Inside;
}

/** The HTTP actions of connections, but for the callbacks: one for each provider, which only browsers call. */
export function createActions(context: ActionsContext) {
  const { policy, insideOf, flows, clientOf } = context;
  const fresh: { readonly auth: { readonly freshFor: Duration }; readonly turnAwayTo: string } = {
    auth: { freshFor: policy.linkFreshFor },
    turnAwayTo: policy.reauthenticatePath,
  };
  const isKnown = (provider: string) => Object.hasOwn(policy.providers, provider);

  async function addressAt(provider: string, binding: Binding): Promise<string> {
    try {
      return await clientOf(provider).authorizationUrl(binding);
    } catch (error) {
      throw unavailable(provider, error);
    }
  }

  async function start(purpose: Purpose, { session, input, request }: Asked<AccountChoice>) {
    const { provider } = input;
    if (!isKnown(provider)) return statusResponse(404);
    const returnTo = safeReturnTo(input.returnTo ?? new URL(request.url).searchParams.get("returnTo"));
    const redirectUri = redirectUriOf(policy.origin, request, provider);
    const userId = purpose === "link" ? session.userId : null;
    const inside = insideOf(session.connection);
    const isScript = isJson(request.headers.get("content-type"));
    const begun = { provider, purpose, userId, returnTo };
    try {
      const url = await flows.begin(inside.flows, begun, (secrets) => addressAt(provider, { ...secrets, redirectUri }));
      return isScript ? { url } : new Response(null, { status: 303, headers: { location: url } });
    } catch (error) {
      if (isScript || !isSessionError(error, "CONNECTION_UNAVAILABLE")) throw error;
      inside.report("request-failed", { provider });
      return sendOn(failurePathOf(policy, begun, "failed", provider));
    }
  }

  return {
    ...(policy.onSignIn && {
      "sign-in-with": {
        auth: "anyone",
        input: accountChoice,
        handler: (asked: Asked<AccountChoice>) => start("sign-in", asked),
      },
    }),
    "link-account": {
      ...fresh,
      input: accountChoice,
      handler: (asked: Asked<AccountChoice>) => start("link", asked),
    },
    "unlink-account": {
      ...fresh,
      input: accountChoice,
      async handler({ session, input: { provider } }: Asked<AccountChoice>) {
        if (!isKnown(provider)) return statusResponse(404);
        return { unlinked: await session.connection(provider).unlink() };
      },
    },
    "linked-accounts": {
      method: "GET",
      handler: async ({ session }: Asked) => ({ accounts: await session.connection.list() }),
    },
  } as const;
}

/** The callbacks: `callback.{provider}` each. An answer that comes as a form is sent on, so that the browser brings its cookie. */
export function createCallbacks(context: ActionsContext): Readonly<Record<string, object>> {
  const { providers } = context.policy;
  return Object.fromEntries(
    Object.entries(providers).flatMap(([provider, { responseMode }]) => {
      const callback = callbackAction(context, provider);
      if (responseMode !== "form_post") return [[`callback.${provider}`, callback]];
      return [
        [`callback.${provider}`, formAction(provider)],
        [`returned.${provider}`, callback],
      ];
    }),
  );
}

function callbackAction(context: ActionsContext, provider: string) {
  return {
    method: "GET",
    auth: "anyone",
    handler({ session, request }: Asked) {
      const redirectUri = redirectUriOf(context.policy.origin, request, provider);
      return answerCallback(context, {
        provider,
        request,
        redirectUri,
        session,
        ...context.insideOf(session.connection),
      });
    },
  } as const;
}

/** What of a form is sent on: what an authorization response may hold (RFC 6749 section 4.1.2, RFC 9207). */
const responseFields = ["state", "code", "iss", "error"];

/** How long that may be: a code is a few hundred letters, and not every server takes an address that is much longer. */
const longestResponse = 4_096;

function formAction(provider: string) {
  return {
    method: "POST",
    auth: "nobody",
    async handler({ request }: { readonly request: Request }) {
      const body = await readBody(request);
      if (isResponse(body)) return body;
      const fields = body.kind === "form" ? (body.value as Readonly<Record<string, unknown>>) : {};
      const sent = new URLSearchParams();
      for (const name of responseFields) {
        const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (typeof value === "string") sent.set(name, value);
      }
      if (sent.toString().length > longestResponse) return invalidInput(413);
      const location = `${siblingPath(request, `returned.${provider}`)}?${sent}`;
      return new Response(null, { status: 303, headers: { location, "referrer-policy": "no-referrer" } });
    },
  } as const;
}

function redirectUriOf(origin: string, request: Request, provider: string): string {
  return origin + siblingPath(request, `callback.${provider}`);
}

/** The path of another action beside the one that was asked. */
function siblingPath(request: Request, action: string): string {
  const { pathname } = new URL(request.url);
  return pathname.replace(/\/[^/]*\/?$/, `/${action}`);
}
