import { SessionExtensionError, SessionStateError } from "../errors.ts";

/** There is no link between the user and the provider. */
export function notLinked(provider: string): SessionStateError {
  return new SessionStateError("CONNECTION_MISSING", `The user has linked no account of ${provider}.`, {
    hint: "Offer to link one: POST {basePath}/link-account. connection.find() tells whether there is one.",
  });
}

/** There is a link, and it gives no tokens any more. */
export function linkBroken(provider: string, cause?: unknown): SessionStateError {
  return new SessionStateError("CONNECTION_BROKEN", `The link with ${provider} gives no access any more.`, {
    hint: "The user has taken it back, or it has expired: ask them to link the account again. The session is well.",
    cause,
  });
}

/** The provider could not be asked, or gave no answer that can be used. */
export function unavailable(provider: string, cause?: unknown): SessionExtensionError {
  return new SessionExtensionError("CONNECTION_UNAVAILABLE", `${provider} gave no fresh access token.`, {
    hint: "The link is kept. Try again in a moment; error.cause says what went wrong.",
    cause,
  });
}
