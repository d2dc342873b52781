import type { Duration } from "../duration.ts";
import type { Maybe } from "../maybe.ts";
import { durationOf } from "./timeouts.ts";

/** Somebody in an impersonation, as the `allow` function sees them. */
// biome-ignore lint/suspicious/noExplicitAny: what a user is, the application's types know
export interface Party<User = any> {
  readonly userId: string;
  /** What the `user` function of the configuration found. */
  readonly user: User;
}

/** Who may impersonate whom, and for how long. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export interface ImpersonationOptions<User = any> {
  /**
   * Whether this user may act as that one. Refuse those who may do more than the one who acts: an impersonation must not raise
   * anybody's rights.
   */
  readonly allow: (actor: Party<User>, target: Party<User>) => Maybe<boolean>;
  /** The longest that one impersonation lasts, and how long it does by default (default `"1h"`). */
  readonly longest?: Duration;
}

/** The resolved options. */
export interface ImpersonationPolicy {
  readonly allow: ImpersonationOptions["allow"];
  /** In milliseconds. */
  readonly longest: number;
}

/** Resolves the `impersonation` option, and reports what is wrong with it. */
export function resolveImpersonation(
  option: ImpersonationOptions | undefined,
  invalid: (message: string, hint: string) => void,
): ImpersonationPolicy | null {
  if (option === undefined) return null;
  if (typeof option.allow !== "function")
    invalid("impersonation.allow is not a function.", "Write allow: (actor, target) => actor.user.isAdmin.");
  return { allow: option.allow, longest: durationOf("impersonation.longest", option.longest ?? "1h", invalid) };
}
