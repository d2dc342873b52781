import { Findings } from "../findings.mjs";

const signIns = 100;
const most = 3;

/**
 * L18: a user may have three sessions, and signs in a hundred times at once. Never are more than three alive whose sign-in was
 * acknowledged; in the end exactly three are, and the right ones: none outlives three sign-ins that began after it was
 * acknowledged, and none is dead that not as many could have taken the place of.
 */
export async function limit(crew, { figure }) {
  const findings = new Findings();
  for (let round = 0; round < figure; round++) {
    const reached = round % 2 === 0 ? "end-oldest" : "refuse";
    await signInOnce(crew, { userId: `limited-${round}`, reached, round }, findings);
    findings.reached += 1;
  }
  return findings;
}

async function signInOnce(crew, { userId, reached, round }, findings) {
  const order = { userId, reached, most, count: Math.ceil(signIns / crew.size) };
  const answers = await crew.everyone("signInLimited", () => order);
  for (const { mostAlive } of answers)
    findings.check(mostAlive <= most, () => `${mostAlive} acknowledged sessions were alive at once`);
  const all = answers.flatMap(({ made }) => made);
  const others = all.filter(({ error }) => error && error !== "SESSION_LIMIT");
  findings.check(others.length === 0, () => `${others.length} sign-ins failed: ${others[0].error}`);
  const made = all.filter(({ error }) => !error);
  const alive = new Set(await crew.call(round, "aliveOf", { signIns: made }));
  findings.check(alive.size === most, () => `${alive.size} acknowledged sessions are alive in the end`);
  const listed = await crew.call(round + 1, "listOften", { userId });
  findings.check(listed.length === alive.size, () => `${listed.length} are listed, ${alive.size} are alive`);
  if (reached === "refuse") findings.check(made.length === most, () => `${made.length} were let in`);
  else judgeOrder(made, alive, findings);
}

function judgeOrder(made, alive, findings) {
  for (const one of made) {
    const after = made.filter(({ began }) => began > one.acknowledged).length;
    const notBefore = made.filter((other) => other !== one && other.acknowledged > one.began).length;
    if (alive.has(one.id)) findings.check(after < most, "a session lives that three later sign-ins should have ended");
    else findings.check(notBefore >= most, "a session is dead that nothing took the place of");
  }
}
