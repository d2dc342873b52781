import type { AnySessions } from "../lucia/token-visit.ts";
import { type AuthjsAdapterOptions, authjsAdapter } from "./adapter.ts";
import { hidingTokens } from "./hidden-token.ts";
import type { AuthjsSessionMethods, UserOf, UsersAdapter } from "./port.ts";

/** What Course Builder asks beside sessions of whatever keeps the state of its sign-in; each only where it is there. */
const passedOn = [
  "useVerificationToken",
  "getAccount",
  "createAuthenticator",
  "getAuthenticator",
  "listAuthenticatorsByUserId",
  "updateAuthenticatorCounter",
] as const;

type PassedOn = (typeof passedOn)[number] | "deleteUser";

/** The storage of Course Builder's sign-in (its `AuthStoragePort`): sessions kept by us, everything else by `Users`. */
export type AuthStoragePort<Users extends UsersAdapter> = AuthjsSessionMethods<UserOf<Users>> &
  Pick<Users, Extract<keyof Users, PassedOn>>;

/**
 * Keeps the sessions of a Course Builder application in a store of ours, in the shape of its `AuthStoragePort`.
 *
 * The session methods are those of {@link authjsAdapter}, with what is said there of missing, expired and concurrent ones; the
 * session that `getSessionAndUser` answers has no enumerable token. Verification tokens, accounts and authenticators stay
 * where `users` keeps them. `deleteUser` ends the user's sessions, too.
 *
 * @param users The adapter of the application's database, such as `courseBuilderAdapter`. What else it can is not passed on.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: `users` has no `getUser`.
 * @example
 * export const storage = authStorage(sessions, courseBuilderAdapter, { headers })
 */
export function authStorage<Users extends UsersAdapter>(
  sessions: AnySessions,
  users: Users,
  options: AuthjsAdapterOptions = {},
): AuthStoragePort<Users> {
  const adapter = hidingTokens(authjsAdapter(sessions, users, options));
  const { createSession, getSessionAndUser, updateSession, deleteSession } = adapter;
  const { deleteUser } = adapter as UsersAdapter;
  const rest = passedOn.map((name) => [name, methodOf(users, name)] as const).filter(([, method]) => method !== null);
  const storage = { createSession, getSessionAndUser, updateSession, deleteSession, ...Object.fromEntries(rest) };
  return { ...storage, ...(deleteUser && { deleteUser }) } as AuthStoragePort<Users>;
}

type Method = (...args: unknown[]) => unknown;

/** A method on its object, which may be an instance of a class. */
function methodOf(users: UsersAdapter, name: string): Method | null {
  const method = (users as unknown as Readonly<Record<string, unknown>>)[name];
  return typeof method === "function" ? (method.bind(users) as Method) : null;
}
