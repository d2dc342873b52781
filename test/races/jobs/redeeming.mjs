import { wordsOf } from "../findings.mjs";

/** Issues a ticket. */
export function issueTicket({ exact }, { payload }) {
  return exact.issueTicket("race", payload, "1m");
}

/** Redeems one ticket many times at once. Answers what was given, and the errors in words. */
export async function redeemAtOnce({ exact }, { ticket, count }) {
  const calls = Array.from({ length: count }, () => exact.redeemTicket("race", ticket));
  const outcomes = await Promise.allSettled(calls);
  const failed = outcomes.filter(({ status }) => status === "rejected");
  return {
    given: outcomes.map(({ value }) => value).filter((value) => value !== null && value !== undefined),
    errors: failed.map(({ reason }) => wordsOf(reason)),
  };
}
