import type { DataOperation } from "./draft.ts";
import { checkLevel, checkMethods, encodeDevice } from "./inputs.ts";
import type { KeepRule } from "./keep.ts";
import type { SignInOptions } from "./session-options.ts";

/** What decides about the data of a session that somebody signs in to. */
export interface SignInData {
  readonly userId: string;
  readonly keep: KeepRule;
  /** A change of the data that is made in the same write. */
  readonly operation?: DataOperation;
}

/** What sign-in binds. */
export interface SignIn extends SignInData {
  readonly persistent: boolean;
  /** `undefined` leaves what is stored. */
  readonly device: string | undefined;
  readonly amr: readonly string[];
  readonly acr: string | null;
  /** Sessions of the user that the visitor chose to end, where the limit is reached. */
  readonly end: readonly string[];
  /** When the user proved who they are (default: now). */
  readonly authenticatedAt?: number;
}

/** A second sign-in, or a second factor. */
export interface Reauthentication {
  readonly amr: readonly string[];
  /** `null` leaves the level. */
  readonly acr: string | null;
  /** For how long the proof counts, in milliseconds; `null`: as long as the session. */
  readonly lasts: number | null;
}

/** The first half of a sign-in. */
export interface SignInStart {
  readonly userId: string;
  readonly amr: readonly string[];
  /** How long the second half may take, in milliseconds. */
  readonly lasts: number;
}

/** What an impersonation is started with. */
export interface ImpersonationStart {
  readonly userId: string;
  readonly reason: string;
  /** In milliseconds; `null`: as long as is allowed. */
  readonly lasts: number | null;
}

/** What a sign-in binds, as far as its options say; `keep` where they do not. */
export function signInOf(options: SignInOptions, keep: KeepRule): Omit<SignIn, "userId"> {
  const { persistent = true, device, amr, acr, end = [] } = options;
  const proof = { amr: checkMethods(amr), acr: checkLevel(acr) };
  return { persistent, keep: options.keep ?? keep, device: encodeDevice(device), ...proof, end };
}
