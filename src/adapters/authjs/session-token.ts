import { SessionConfigError } from "../../errors.ts";
import { chain, type Maybe } from "../../maybe.ts";
import { digestOf } from "../../token/digest.ts";
import { idOfDigest, type TokenParts, writeToken } from "../../token/token.ts";

/** Below this a dump could be searched for the tokens that its digests were made from. A UUID has 36. */
const leastLength = 22;
const mostLength = 1_024;

/**
 * Derives the halves of a token of ours from the one that Auth.js has made: the public id and the secret, each by SHA-256
 * under a label of its own. So neither can be found from the other, the store keeps a digest of the secret as always, and no
 * token of ours is ever derived: what is hashed here holds a space, which no secret of ours does.
 */
export function partsOf(sessionToken: string): Maybe<TokenParts> {
  return chain(digestOf(`coatcheck authjs id ${sessionToken}`), (id) =>
    chain(digestOf(`coatcheck authjs secret ${sessionToken}`), (secret) => ({ id: idOfDigest(id), secret })),
  );
}

/** The token of ours that stands for one of Auth.js's; `null` where that is none that we would have taken. */
export function ourToken(sessionToken: unknown): Maybe<string | null> {
  if (!isSessionToken(sessionToken)) return null;
  return chain(partsOf(sessionToken), (parts) => writeToken("session", parts));
}

/** Refuses a token that could be guessed. */
export function checkSessionToken(sessionToken: unknown): string {
  if (isSessionToken(sessionToken)) return sessionToken;
  throw new SessionConfigError(
    "CONFIG_INVALID",
    `Auth.js gave a session token that is not a text of ${leastLength} to ${mostLength} characters.`,
    { hint: "Leave session.generateSessionToken out, or make it give at least 128 random bits." },
  );
}

function isSessionToken(value: unknown): value is string {
  return typeof value === "string" && value.length >= leastLength && value.length <= mostLength;
}
