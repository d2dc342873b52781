import { parseDuration } from "../duration.ts";
import { configError, type Problem } from "../problems.ts";
import { type Clock, systemClock } from "../runtime.ts";
import { type Algorithm, everyAlgorithm, usualAlgorithms } from "./algorithms.ts";
import type { Expectation, OptionalClaim } from "./claims.ts";
import { type DpopOptions, dpopProblems } from "./dpop-options.ts";
import { keysOf, keysProblems } from "./issuer-keys.ts";
import type { KeySource } from "./key-set.ts";
import type { ForeignTokens, VerifierOptions } from "./options.ts";
import { type IsRevoked, revocationOf, revocationProblems } from "./revocation.ts";

/** The resolved options. */
export interface VerifierPolicy extends Expectation {
  readonly keys: KeySource;
  readonly algorithms: readonly Algorithm[];
  readonly typs: readonly (string | null)[];
  readonly isRevoked: IsRevoked;
  readonly dpop: DpopOptions | undefined;
  readonly longest: number;
  readonly clock: Clock;
}

type Given = VerifierOptions & { readonly foreign?: ForeignTokens };

const known = [
  ...["issuer", "audience", "keys", "algorithms", "tolerance", "longestLife"],
  ...["revocation", "dpop", "longest", "runtime", "foreign"],
];
const optionalClaims: readonly OptionalClaim[] = ["sub", "client_id", "iat", "jti"];
const [mostTolerance, mostCharacters] = [60_000, 65_536];

/** Resolves the options of a verifier. @throws {@link SessionConfigError} `CONFIG_INVALID`, with every problem in one. */
export function resolveVerifier(options: Given): VerifierPolicy {
  const { issuer, keys, foreign, runtime: clock = systemClock, revocation = stateless, dpop } = options ?? {};
  const algorithms = options?.algorithms ?? usualAlgorithms;
  const policy = {
    issuer,
    audiences: [options?.audience].flat() as string[],
    tolerance: parseDuration(options?.tolerance ?? "5s") ?? Number.NaN,
    longestLife: parseDuration(options?.longestLife ?? "15m") ?? Number.NaN,
    optional: foreign?.without ?? [],
    algorithms,
    typs: foreign ? ([foreign.typ].flat() as (string | null)[]) : ["at+jwt"],
    dpop,
    longest: options?.longest ?? 4_096,
    clock,
  };
  const allowed = everyAlgorithm.filter((name) => [algorithms].flat().includes(name));
  const problems = [
    ...optionProblems(options ?? {}, policy),
    ...revocationProblems(revocation),
    ...dpopProblems(dpop),
    ...keysProblems(keys, issuer, allowed),
  ];
  if (problems.length > 0) throw configError(problems);
  return { ...policy, keys: keysOf(options, allowed), isRevoked: revocationOf(revocation, clock) };
}

const stateless = { mode: "stateless" } as const;

/** What is wrong with the options that only this looks at. */
function optionProblems(options: object, policy: Omit<VerifierPolicy, "keys" | "isRevoked">): Problem[] {
  const { issuer, audiences, algorithms, tolerance, longestLife, longest, typs, optional } = policy;
  const problems: Problem[] = [];
  const check = (holds: boolean, message: string, hint: string) => {
    if (!holds) problems.push({ code: "CONFIG_INVALID", message, hint });
  };
  for (const name of Object.keys(options))
    check(known.includes(name), `A verifier has no option "${name}".`, `Its options are ${known.join(", ")}.`);
  check(isText(issuer), "issuer is not a text.", 'Write the iss of the tokens, such as "https://shop.example".');
  check(isFilled(audiences, isText), "audience names nobody.", "Write whom the tokens are for.");
  const areKnown = isFilled(algorithms, (name) => everyAlgorithm.includes(name as Algorithm));
  check(areKnown, "algorithms has another name than those there are.", `They are ${everyAlgorithm.join(", ")}.`);
  check(!Number.isNaN(tolerance), "tolerance is not a duration.", 'Write it like "5s".');
  check(!Number.isNaN(longestLife), "longestLife is not a duration.", 'Write it like "15m".');
  check(!(tolerance > mostTolerance), "tolerance is longer than 60 seconds.", "Set the clocks right instead.");
  const isLength = Number.isSafeInteger(longest) && longest > 0 && longest <= mostCharacters;
  check(isLength, `longest is not a number from 1 to ${mostCharacters}.`, "Leave it out for 4,096 characters.");
  check(
    isFilled(typs, (typ) => typ === null || isText(typ)),
    "foreign.typ is no type.",
    'Write it like "JWT".',
  );
  const areClaims = Array.isArray(optional) && optional.every((claim) => optionalClaims.includes(claim));
  check(areClaims, "foreign.without has a claim that is needed.", `It may have ${optionalClaims.join(", ")}.`);
  return problems;
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function isFilled(list: unknown, isRight: (one: unknown) => boolean): boolean {
  return Array.isArray(list) && list.length > 0 && list.every(isRight);
}
