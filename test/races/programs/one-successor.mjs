import { Findings } from "../findings.mjs";

const requestsEach = 8;

/**
 * F8, L21: many requests of several processes rotate one token at once, round after round. Each round has exactly one
 * successor, and both tokens open the session as long as the grace lasts.
 */
export async function oneSuccessor(crew, { figure }) {
  const findings = new Findings();
  const session = await crew.call(0, "create", { userId: "rotating" });
  let { token } = session;
  for (let round = 0; round < figure; round++) {
    const successor = await rotateEverywhere(crew, token, findings);
    if (!successor) return findings;
    await everybodyIsSignedIn(crew, { id: session.id, tokens: [token, successor] }, findings);
    token = successor;
    findings.reached += 1;
  }
  return findings;
}

async function rotateEverywhere(crew, token, findings) {
  await crew.everyone("beginRequests", () => ({ token, count: requestsEach }));
  const answers = await crew.everyone("rotateInRequests", () => ({ token }));
  const successors = answers.flatMap(({ tokens }) => tokens);
  const errors = answers.flatMap((answer) => answer.errors);
  findings.check(errors.length === 0, () => `${errors.length} rotations failed: ${errors[0]}`);
  findings.check(successors.length === 1, () => `${successors.length} successors of one token`);
  return successors[0];
}

async function everybodyIsSignedIn(crew, question, findings) {
  const answers = await crew.everyone("opens", () => question);
  const shutOut = answers.filter((opened) => opened.includes(false)).length;
  findings.check(shutOut === 0, () => `${shutOut} processes signed somebody out within the grace`);
}
