import { type Duration, parseDuration } from "../duration.ts";
import type { Maybe } from "../maybe.ts";
import type { Problem } from "../problems.ts";
import type { Clock } from "../runtime.ts";
import type { AccessTokenClaims, ForeignClaims } from "./claims.ts";
import { asked } from "./unavailable.ts";

/**
 * How soon a token is worth nothing after its session or all of its user has ended:
 *
 * - `stateless`: at its own end. Nobody is asked; the bound is the life of the tokens, and no longer than `longestLife`.
 * - `checked`: at once. `isLive` is asked at each verification whether the session lives. A token without `sid` is refused.
 * - `epoch`: within `maxStale`. `epochOf` tells since when tokens of a user count, in epoch milliseconds, or `null` for always.
 *   What it says is believed for `maxStale`, for at most 10,000 users; with `0` it is asked every time.
 *
 * A function that throws, or whose promise rejects, makes the verification fail, and refuses nobody.
 */
export type Revocation =
  | { readonly mode: "stateless" }
  | { readonly mode: "checked"; isLive(sid: string, claims: AccessTokenClaims): Maybe<boolean> }
  | { readonly mode: "epoch"; epochOf(sub: string): Maybe<number | null>; readonly maxStale: Duration };

/** Tells whether a token was revoked, though it is good in itself. */
export type IsRevoked = (claims: ForeignClaims) => Maybe<boolean>;

/** How many users' epochs are remembered. */
const mostEpochs = 10_000;

/** What is wrong with the option. */
export function revocationProblems(revocation: unknown): Problem[] {
  const { mode, isLive, epochOf, maxStale } = (revocation ?? {}) as Record<string, unknown>;
  const invalid = (message: string, hint: string): Problem[] => [{ code: "CONFIG_INVALID", message, hint }];
  if (mode === "stateless") return [];
  if (mode === "checked" && typeof isLive === "function") return [];
  if (mode === "epoch" && typeof epochOf === "function" && parseDuration(maxStale) !== null) return [];
  if (mode === "checked") return invalid("revocation.isLive is not a function.", "Write isLive: (sid) => boolean.");
  if (mode === "epoch")
    return invalid(
      "revocation has no function epochOf, or no duration maxStale.",
      'Write { mode: "epoch", epochOf: (sub) => instant, maxStale: "10s" }.',
    );
  return invalid('revocation.mode is neither "stateless" nor "checked" nor "epoch".', "Choose one of the three.");
}

/** Makes the judgement of a mode. */
export function revocationOf(revocation: Revocation, clock: Clock): IsRevoked {
  if (revocation.mode === "stateless") return () => false;
  if (revocation.mode === "checked")
    return async (claims) => {
      const { sid } = claims;
      if (sid === undefined) return true;
      return (
        (await asked("Whether a session lives", () => revocation.isLive(sid, claims as AccessTokenClaims))) !== true
      );
    };
  const epochOf = remembered(revocation.epochOf, parseDuration(revocation.maxStale) ?? 0, clock);
  return async ({ sub, iat }) => {
    if (sub === undefined || iat === undefined) return true;
    const epoch = await asked("Since when a user's tokens count", () => epochOf(sub));
    return epoch !== null && iat * 1_000 < epoch;
  };
}

/** Asks once for all who ask within the time, counted from when the question was sent; a failure is not remembered. */
function remembered(ask: (sub: string) => Maybe<number | null>, maxStale: number, clock: Clock) {
  const known = new Map<string, { readonly epoch: Promise<number | null>; readonly askedAt: number }>();
  return (sub: string): Maybe<number | null> => {
    if (maxStale === 0) return ask(sub);
    const now = clock.now();
    const found = known.get(sub);
    if (found && now >= found.askedAt && now - found.askedAt < maxStale) return found.epoch;
    const epoch = (async () => ask(sub))();
    const entry = { epoch, askedAt: now };
    epoch.catch(() => known.get(sub) === entry && known.delete(sub));
    known.delete(sub); // so that it becomes the youngest
    known.set(sub, entry);
    if (known.size > mostEpochs) known.delete(known.keys().next().value as string);
    return epoch;
  };
}
