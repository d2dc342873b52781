import { Findings } from "../findings.mjs";

const requestsEach = 32;
const twoHours = 7_200_000;

/** G6, L22: many processes with many requests find at once that a touch is due. One write is made, by one of them. */
export async function firstTouch(crew, { figure }) {
  const findings = new Findings();
  for (let round = 0; round < figure; round++) {
    const { token } = await crew.call(round, "create", { userId: "idle" });
    // Each process has an instant of its own, by which its touch is told from the others'.
    const at = Date.now() + twoHours;
    const answers = await crew.everyone("requestLater", (index) => ({ token, at: at + index, count: requestsEach }));
    const sum = (name) => answers.reduce((total, answer) => total + answer[name], 0);
    findings.check(sum("writes") === 1, () => `${sum("writes")} touches were written`);
    findings.check(sum("calls") <= crew.size, () => `${sum("calls")} store calls by ${crew.size} processes`);
    findings.check(sum("alive") === crew.size * requestsEach, () => `only ${sum("alive")} requests were signed in`);
    findings.reached += 1;
  }
  return findings;
}
