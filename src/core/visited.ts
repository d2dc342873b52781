import type { Maybe } from "../maybe.ts";
import type { SessionRecord } from "../store/record.ts";
import type { Identity } from "./acting.ts";
import type { ApiKeyHolder } from "./api-key-holder.ts";
import type { OnDiscard } from "./data-view.ts";
import type { DataOperation } from "./draft.ts";
import type { ExtensionHost } from "./extension-context.ts";
import type { Requirement } from "./lifecycle.ts";
import type { SessionInfo } from "./session-info.ts";
import type { ImpersonationStart, Reauthentication, SignIn, SignInStart } from "./sign-in.ts";
import type { TokenIssuing } from "./token-issuer.ts";

/** What a session object shows, and changes: the visit behind it. */
export interface Visited extends ExtensionHost {
  readonly record: SessionRecord | null;
  readonly identity: Identity;
  readonly user: unknown;
  readonly data: object;
  satisfies(requirement: Requirement): boolean;
  noteDiscard(): OnDiscard;
  write<Result>(operation: DataOperation<Result>, begins?: boolean): Promise<Result>;
  signIn(request: SignIn): Promise<string>;
  rotate(grace: number, again: boolean): Promise<string | null>;
  end(keep?: readonly string[]): Promise<void>;
  readonly account: AccountActions;
  readonly signal: AbortSignal;
  loadUser(): Maybe<unknown>;
}

/** What the user of a session may do with it, with their other ones, their keys and tokens. What issues a token answers it. */
export interface AccountActions extends ApiKeyHolder, TokenIssuing {
  startSignIn(request: SignInStart): Promise<string | null>;
  completeSignIn(request: Omit<SignIn, "userId">): Promise<string | null>;
  reauthenticate(request: Reauthentication): Promise<string | null>;
  credentialsChanged(): Promise<{ readonly token: string | null; readonly ended: number }>;
  impersonate(request: ImpersonationStart): Promise<string | null>;
  stopImpersonating(): Promise<string | null>;
  list(): Promise<readonly SessionInfo[]>;
  revoke(id: string): Promise<boolean>;
  revokeOthers(): Promise<number>;
  touch(): Promise<void>;
}
