import { isSessionError, SessionStoreError } from "../errors.ts";
import type { Maybe } from "../maybe.ts";

/**
 * Asks the application. What it throws is an outage, and no refusal; an error of ours stays what it is.
 *
 * @param what Completes "… could not be asked".
 */
export async function asked<Answer>(what: string, question: () => Maybe<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch (cause) {
    throw isSessionError(cause) ? cause : unavailable(`${what} could not be asked.`, cause);
  }
}

/** Something that a verification needs is out of reach. */
export function unavailable(what: string, cause?: unknown): SessionStoreError {
  return new SessionStoreError("VERIFICATION_UNAVAILABLE", what, {
    hint: "No token was refused by it: answer with a 503 and try again.",
    cause,
  });
}
