import { Findings } from "../findings.mjs";

const redemptions = 100;

/** G2: 100 redemptions of one ticket at once, by several processes. One of them is given its payload. */
export async function oneRedemption(crew, { figure }) {
  const findings = new Findings();
  for (let round = 0; round < figure; round++) {
    const ticket = await crew.call(round, "issueTicket", { payload: { round } });
    const count = Math.ceil(redemptions / crew.size);
    const answers = await crew.everyone("redeemAtOnce", () => ({ ticket, count }));
    const given = answers.flatMap((answer) => answer.given);
    const errors = answers.flatMap((answer) => answer.errors);
    findings.check(errors.length === 0, () => `${errors.length} redemptions failed: ${errors[0]}`);
    findings.check(given.length === 1 && given[0].round === round, () => `${given.length} redemptions of one ticket`);
    findings.reached += 1;
  }
  return findings;
}
