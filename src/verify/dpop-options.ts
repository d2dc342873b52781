import { type Duration, parseDuration } from "../duration.ts";
import type { Maybe } from "../maybe.ts";
import type { Problem } from "../problems.ts";
import { type Algorithm, everyAlgorithm } from "./algorithms.ts";

/** Remembers which proofs were used, for all instances that accept them. */
export interface DpopReplays {
  /**
   * Remembers a proof until an instant, in epoch milliseconds. `true` for the first who asks, `false` for all others, whichever
   * process they ask from, and however many at once. A rejection is an outage: the proof is neither accepted nor refused.
   */
  remember(id: string, expiresAt: number): Promise<boolean>;
}

/** Nonces of ours, which prove that a proof was not made in advance (RFC 9449 section 8). */
export interface DpopNonces {
  /** The nonce that a client is to use next. */
  issue(): Maybe<string>;
  /** Whether a nonce is one of ours, and young enough. */
  accepts(nonce: string): Maybe<boolean>;
}

/** How proofs are judged. */
export interface DpopRules {
  /**
   * Who remembers the proofs that were used, such as `dpopReplays(store)` of `coatcheck/tokens`. `null`: nobody does, and whoever
   * sees a proof may use it again for `maxAge`, with the same token for the same method and address.
   */
  readonly replays: DpopReplays | null;
  /** Asks for a nonce in each proof (default: none is asked for). */
  readonly nonces?: DpopNonces;
  /** The algorithms of clients' keys (default `["EdDSA", "Ed25519", "ES256"]`). */
  readonly algorithms?: readonly Algorithm[];
  /** How old a proof may be (default `"60s"`, at most `"5m"`). */
  readonly maxAge?: Duration;
  /** How much clocks may differ (default `"5s"`, at most `"60s"`). */
  readonly tolerance?: Duration;
}

/** How a verifier treats tokens that are bound to a key. */
export interface DpopOptions extends DpopRules {
  /** Our own origin as clients write it, such as `"https://api.shop.example"`: what a proxy in front makes of it is not asked. */
  readonly origin: string;
  /** Refuses tokens that are bound to no key (default `false`). */
  readonly required?: boolean;
}

const [longestAge, mostTolerance] = [300_000, 60_000];

/** What is wrong with the rules of proofs. */
export function dpopProblems(options: DpopOptions | undefined): Problem[] {
  if (options === undefined) return [];
  const { origin, replays, nonces, algorithms = everyAlgorithm, maxAge = "60s", tolerance = "5s" } = options ?? {};
  const problems: Problem[] = [];
  const check = (holds: boolean, message: string, hint: string) => {
    if (!holds) problems.push({ code: "CONFIG_INVALID", message, hint });
  };
  const isOrigin = URL.canParse(origin) && new URL(origin).origin === origin && origin !== "null";
  check(isOrigin, "dpop.origin is not an origin.", 'Write it like "https://api.shop.example".');
  check(
    replays === null || typeof replays?.remember === "function",
    "dpop.replays has no function remember.",
    "Pass dpopReplays(store) of coatcheck/tokens, or null to accept a proof again while it is young.",
  );
  check(
    nonces === undefined || (typeof nonces.issue === "function" && typeof nonces.accepts === "function"),
    "dpop.nonces has no functions issue and accepts.",
    "Write both, or leave nonces out.",
  );
  const areKnown =
    Array.isArray(algorithms) && algorithms.length > 0 && algorithms.every((one) => everyAlgorithm.includes(one));
  check(areKnown, "dpop.algorithms has another name than those there are.", `They are ${everyAlgorithm.join(", ")}.`);
  const [age, slack] = [parseDuration(maxAge), parseDuration(tolerance)];
  check(age !== null && age > 0 && age <= longestAge, "dpop.maxAge is not a duration up to 5 minutes.", 'Write "60s".');
  check(slack !== null && slack <= mostTolerance, "dpop.tolerance is not a duration up to 60 seconds.", 'Write "5s".');
  return problems;
}
