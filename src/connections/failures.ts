import { SessionExtensionError, SessionStateError, SessionStoreError } from "../errors.ts";

/** There is no link between the user and the provider. */
export function notLinked(provider: string): SessionStateError {
  return new SessionStateError("CONNECTION_MISSING", `The user has linked no account of ${provider}.`, {
    hint: "Offer to link one: POST {basePath}/link-account. connection.find() tells whether there is one.",
  });
}

/** There is a link, and it gives no tokens any more. */
export function linkBroken(provider: string): SessionStateError {
  return new SessionStateError("CONNECTION_BROKEN", `The link with ${provider} gives no access any more.`, {
    hint: "The user has taken it back, or it has expired: ask them to link the account again. The session is well.",
  });
}

/** The provider could not be asked, or gave no answer that can be used. */
export function unavailable(provider: string, cause?: unknown): SessionExtensionError {
  return new SessionExtensionError("CONNECTION_UNAVAILABLE", `${provider} did not answer as it should.`, {
    hint: "What is linked stays so. Try again in a moment; error.cause says what went wrong.",
    cause: described(cause),
  });
}

/** The link was another one at each attempt to change it. */
export function contended(): SessionStoreError {
  return new SessionStoreError("STORE_CONFLICT", "A link changed at every attempt to change it.", {
    hint: "Something writes it without pause. Try again.",
  });
}

/** An error by its words alone: those of the library hold what a provider answered, tokens and all. */
function described(cause: unknown): Error | undefined {
  if (cause === undefined) return undefined;
  const { name, code, error, status, message } = (cause ?? {}) as Readonly<Record<string, unknown>>;
  const parts = [name, code, status, error, message].filter(
    (part) => typeof part === "string" || typeof part === "number",
  );
  return new Error(parts.join(": ").slice(0, 500));
}
