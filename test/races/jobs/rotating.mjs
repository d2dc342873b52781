import { wordsOf } from "../findings.mjs";

/** Rotates in every request that was begun, at once. Answers the new tokens, and the errors in words. */
export async function rotateInRequests({ kept }, { token }) {
  const outcomes = await Promise.allSettled(kept.get(token).map((session) => session?.rotate()));
  kept.delete(token);
  const failed = outcomes.filter(({ status }) => status === "rejected");
  return {
    tokens: outcomes.map(({ value }) => value).filter((value) => typeof value === "string"),
    errors: failed.map(({ reason }) => wordsOf(reason)),
  };
}

/** Which of the tokens open the session with this id. */
export async function opens({ exact }, { tokens, id }) {
  const found = await Promise.all(tokens.map((token) => exact.validate(token)));
  return found.map((session) => session?.id === id);
}
