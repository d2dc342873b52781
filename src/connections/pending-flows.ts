import type { StandardSchema } from "../core/standard-schema.ts";

/** What a visitor is about to do with an account at a provider. */
export type Purpose = "sign-in" | "link";

/** An authorization request that is under way, as the visitor's own session keeps it. Nothing in it answers a callback. */
export interface PendingFlow {
  /** The digest of `state`. */
  readonly digest: string;
  readonly provider: string;
  readonly purpose: Purpose;
  /** Who wants to link; `null` at a sign-in. */
  readonly userId: string | null;
  readonly returnTo: string;
  /** Which secret `nonce` and the code verifier follow from. */
  readonly keyId: string;
  readonly expiresAt: number;
}

/** How many may be under way in one session: a tab each. The oldest makes way. */
const mostFlows = 5;

/** The schema of the flows of a session. */
export const pendingFlows: StandardSchema<readonly PendingFlow[]> = {
  "~standard": {
    version: 1,
    vendor: "coatcheck",
    validate: (value) =>
      Array.isArray(value) && value.length <= mostFlows && value.every(isFlow)
        ? { value }
        : { issues: [{ message: "are no flows" }] },
  },
};

/** The flows with one more; what has expired by `now` is dropped. */
export function withFlow(flows: readonly PendingFlow[], flow: PendingFlow, now: number): readonly PendingFlow[] {
  return [...flows.filter(({ expiresAt }) => now < expiresAt), flow].slice(-mostFlows);
}

/** The flow that a `state` belongs to. */
export function flowWith(flows: readonly PendingFlow[] | undefined, digest: string): PendingFlow | undefined {
  return flows?.find((flow) => flow.digest === digest);
}

function isFlow(value: unknown): value is PendingFlow {
  const { digest, provider, purpose, userId, returnTo, keyId, expiresAt } = (value ?? {}) as Partial<PendingFlow>;
  const isForSomebody = purpose === "link" ? typeof userId === "string" : purpose === "sign-in" && userId === null;
  const texts = [digest, provider, returnTo, keyId];
  return isForSomebody && texts.every((text) => typeof text === "string") && Number.isSafeInteger(expiresAt);
}
