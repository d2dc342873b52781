import { toBase64url } from "../../bytes.ts";
import { touchInterval } from "../../core/lifecycle.ts";
import { SessionConfigError } from "../../errors.ts";
import { dateOf } from "../../runtime.ts";
import type { AnySessions } from "../lucia/token-visit.ts";
import { type AuthjsAdapterOptions, authjsAdapter } from "./adapter.ts";
import { sessionCookiesOf } from "./cookies.ts";
import { hidingTokens } from "./hidden-token.ts";
import type { UsersAdapter } from "./port.ts";

/** What is looked at of an Auth.js configuration, by its shape. Everything else is passed on. */
export interface AuthjsConfig {
  /** The adapter that keeps the users. */
  adapter?: UsersAdapter;
  // biome-ignore lint/suspicious/noExplicitAny: as Auth.js declares it
  session?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as Auth.js declares it
  jwt?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as Auth.js declares it
  callbacks?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as Auth.js declares it
  cookies?: any;
}

/**
 * Makes the configuration of Auth.js (5, or NextAuth 4) whose sessions are kept by us: with every provider, Credentials too.
 *
 * - `adapter`: {@link authjsAdapter} over the one given. What callbacks are given of a session has no enumerable token, so that
 *   spreading it shows the browser none.
 * - `session`: `maxAge` and `updateAge` from the timeouts of `sessions`, and a token of 256 random bits. What is given wins.
 * - `callbacks.jwt` and `jwt.encode`: a sign-in with Credentials makes a session in the store, as every other sign-in does. The
 *   `jwt` callback given runs before, with its usual arguments; `null` refuses. `authorize` must answer the `id` that
 *   `adapter.getUser` knows.
 *
 * With NextAuth 4 and an OAuth provider pass `jwt: { encode, decode }` of `next-auth/jwt`: it writes other cookies with them.
 *
 * @param options With `headers`, a sign-in with Credentials also ends the session that the browser had before.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: there is no `adapter`, or `session.strategy` is `"jwt"`.
 * @example
 * export const { handlers, auth, signIn, signOut } = NextAuth(
 *   authjsConfig(sessions, { adapter: PrismaAdapter(prisma), providers: [Credentials({ authorize })] }, { headers }),
 * )
 */
export function authjsConfig<Config extends AuthjsConfig>(
  sessions: AnySessions,
  config: Config,
  options: AuthjsAdapterOptions = {},
): Config {
  if (!config?.adapter) throw invalid("has no adapter.", "Pass the one that keeps your users.");
  const { strategy, ...session } = config.session ?? {};
  if (strategy === "jwt")
    throw invalid('says session.strategy: "jwt".', "Leave it out: the sessions are kept in the store.");
  const adapter = hidingTokens(authjsAdapter(sessions, config.adapter, options));
  const { runtime, timeouts } = sessions.policy;
  const { idle } = timeouts.fixed.persistent;
  const sessionOptions = {
    maxAge: Math.floor(idle / 1_000),
    updateAge: Math.floor(touchInterval(idle) / 1_000),
    generateSessionToken: () => toBase64url(runtime.randomBytes(32)),
    ...session, // without a strategy: Auth.js takes "database" where there is an adapter, and refuses Credentials where it is said
  };

  async function signInWithCredentials(userId: string): Promise<string> {
    const sessionToken = sessionOptions.generateSessionToken();
    const expires = dateOf(runtime.now() + sessionOptions.maxAge * 1_000);
    const before = await presentedTokens(config, options);
    await adapter.createSession({ sessionToken, userId, expires });
    for (const token of before) await adapter.deleteSession(token);
    return sessionToken;
  }

  return {
    ...config,
    adapter,
    session: sessionOptions,
    callbacks: {
      ...config.callbacks,
      async jwt(params: JwtParams) {
        const token = config.callbacks?.jwt ? await config.callbacks.jwt(params) : params.token;
        if (params.account?.type !== "credentials" || token === null) return token;
        return { [made]: await signInWithCredentials(String(params.user?.id)) };
      },
    },
    jwt: {
      ...config.jwt,
      async encode(params: { token?: Partial<Made> }) {
        const sessionToken = params.token?.[made];
        if (sessionToken !== undefined) return sessionToken;
        if (config.jwt?.encode) return config.jwt.encode(params);
        throw invalid("was asked to write a JWT.", "Pass jwt: { encode, decode } of next-auth/jwt.");
      },
    },
  };
}

// How the callback hands the token to the encoder. No name: nothing that a JWT could hold is taken for it.
const made = Symbol("coatcheck.authjs.session-token");

interface Made {
  readonly [made]: string;
}

interface JwtParams {
  readonly token: object;
  readonly user?: { readonly id?: unknown };
  readonly account?: { readonly type?: string } | null;
}

async function presentedTokens({ cookies }: AuthjsConfig, { headers }: AuthjsAdapterOptions): Promise<string[]> {
  const header = headers ? (await headers()).get("cookie") : null;
  return sessionCookiesOf(header, cookies?.sessionToken?.name).map(({ value }) => value);
}

function invalid(what: string, hint: string): SessionConfigError {
  return new SessionConfigError("CONFIG_INVALID", `The Auth.js configuration ${what}`, { hint });
}
