import type { KeepRule } from "./keep.ts";

/** What sign-in binds. */
export interface SignIn {
  readonly userId: string;
  readonly persistent: boolean;
  readonly keep: KeepRule;
  /** `undefined` leaves what is stored. */
  readonly device: string | undefined;
}
