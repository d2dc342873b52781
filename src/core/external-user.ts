import type { SessionCookie } from "../cookie/rules.ts";
import { isSessionError, SessionStateError, SessionStoreError } from "../errors.ts";
import { isPromise, type Maybe } from "../maybe.ts";
import type { Runtime } from "../runtime.ts";
import { checkUserId } from "./inputs.ts";
import { withinLimit } from "./time-limit.ts";
import type { Transport } from "./transport.ts";

/** Who is signed in, as another application says. */
export interface ExternalUser {
  /** The stable id of the user, as in our records: never an e-mail address, which can change hands. */
  readonly userId: string;
  /** What is known of the user beside: given to the `user` function of the configuration, to spare a look-up. */
  readonly user?: unknown;
}

/** A request, as far as a function that tells its user sees it. */
export interface IdentityRequest {
  /** A header of the request, `null` where it was not sent. */
  header(name: string): string | null;
}

/**
 * Tells who is signed in, where another application does that: the user of a request, or `null` where nobody is. Asked once per
 * request, before anything of the session is shown, and never for a session that is opened by its token alone
 * (`sessions.validate`). What it throws, or does not answer within `callbackTimeLimit`, is `IDENTITY_UNAVAILABLE`, never `null`.
 *
 * @example
 * const identity: IdentityFunction = async ({ header }) => {
 *   const user = await whoIs(header("cookie"))
 *   return user && { userId: user.id }
 * }
 */
export interface IdentityFunction {
  (request: IdentityRequest): Maybe<ExternalUser | null | undefined>;
  /**
   * Signs the user out where they are signed in; called when our session is ended by its holder, before that. Answers cookies to
   * set beside, if any. What it throws is `IDENTITY_UNAVAILABLE`, and nothing is ended.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to answer
  signOut?(request: IdentityRequest): Maybe<readonly SessionCookie[] | void>;
}

/** The same as an option, whose own type is inferred. Spelled anew: of a type as it is declared TypeScript infers nothing. */
export type IdentityOption<Identity extends object> = Identity &
  Pick<IdentityFunction, "signOut"> &
  ((...request: Parameters<IdentityFunction>) => ReturnType<IdentityFunction>);

/** Finds a user by id: the `user` function of the configuration. It is given what `identity` knows of that user, if it does. */
export type FindUser = (userId: string, external?: unknown) => Maybe<unknown>;

/** How long an answer may take, in milliseconds, and by which clock. */
interface Patience {
  readonly runtime: Runtime;
  readonly callbackTimeLimit: number;
}

/** Asks who is signed in. Every answer comes within the time limit, and is a user, nobody, or an error. */
export function askIdentity(patience: Patience, ask: IdentityFunction, request: IdentityRequest) {
  return within(patience, () => ask(request), "say who is signed in", settleUser);
}

/** Signs the user of a request out elsewhere, and has the cookies set that are the answer. */
export async function signOutElsewhere(patience: Patience, ask: IdentityFunction, transport: Transport): Promise<void> {
  const request: IdentityRequest = { header: (name) => transport.header(name) };
  const cookies = await within(
    patience,
    () => ask.signOut?.(request),
    "sign the user out",
    (answer) => answer ?? [],
  );
  for (const cookie of cookies) await transport.deliver(cookie);
}

function settleUser(found: ExternalUser | null | undefined): ExternalUser | null {
  if (found === null || found === undefined) return null;
  checkUserId(found.userId);
  return found;
}

function within<Answer, Result>(
  { runtime, callbackTimeLimit }: Patience,
  ask: () => Maybe<Answer>,
  what: string,
  settle: (answer: Answer) => Result,
): Maybe<Result> {
  const fail = (error: unknown): never => {
    throw unavailable(what, error);
  };
  try {
    const answer = ask();
    if (!isPromise(answer)) return settle(answer);
    return withinLimit(answer, callbackTimeLimit, runtime).then(settle).catch(fail);
  } catch (error) {
    return fail(error);
  }
}

function unavailable(what: string, cause: unknown): SessionStoreError {
  if (isSessionError(cause, "IDENTITY_UNAVAILABLE")) return cause as SessionStoreError;
  return new SessionStoreError("IDENTITY_UNAVAILABLE", `The identity function of the configuration did not ${what}.`, {
    hint: "The visitor is neither signed in nor signed out by it: answer with a 503.",
    cause,
  });
}

/** The error for a sign-in of our own where another application signs users in. */
export function signsInElsewhere(name: string): SessionStateError {
  return new SessionStateError("SIGNS_IN_ELSEWHERE", `${name} was called, but the configuration has an identity.`, {
    hint: "Sign the user in where identity asks, such as with signIn of Auth.js; the session follows by itself.",
  });
}
