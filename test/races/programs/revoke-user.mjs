import { Chance } from "../chance.mjs";
import { Findings } from "../findings.mjs";

const signIns = 200;

/**
 * L10: 200 sign-ins of one user while another process ends all the user's sessions. What was acknowledged before the call
 * is dead, what began after its answer lives, and whatever lies between is either: but what is dead was named as ended, and
 * what lives is in the list.
 */
export async function revokeUser(crew, { figure, seed }) {
  const findings = new Findings();
  const chance = new Chance(seed);
  for (let round = 0; round < figure; round++) {
    await revokeOnce(crew, { userId: `user-${round}`, round, after: chance.below(signIns) }, findings);
    findings.reached += 1;
  }
  return findings;
}

async function revokeOnce(crew, { userId, round, after }, findings) {
  const share = Math.ceil(signIns / 2 / crew.size);
  await crew.everyone("beginVisits", () => ({ name: userId, count: share }));
  await crew.call(round, "listOften", { userId });
  const [revoked, ...answers] = await Promise.all([
    crew.call(round, "revokeAll", { userId, after }),
    ...Array.from({ length: crew.size }, (_, index) => crew.call(index, "signInOften", { name: userId, userId })),
  ]);
  const all = answers.flat();
  const failed = all.filter(({ error }) => error);
  findings.check(failed.length === 0, () => `${failed.length} sign-ins failed: ${failed[0].error}`);
  const made = all.filter(({ error }) => !error);
  const alive = new Set(await crew.call(round + 1, "aliveOf", { signIns: made }));
  judge(made, alive, revoked, findings);
  const listed = await crew.call(round + 2, "listOften", { userId });
  const same = listed.length === alive.size && listed.every((id) => alive.has(id));
  findings.check(same, () => `${listed.length} sessions are listed, ${alive.size} are alive`);
}

function judge(made, alive, { began, answered, ended }, findings) {
  const named = new Set(ended);
  for (const { id, began: start, acknowledged } of made) {
    const lives = alive.has(id);
    if (lives) findings.check(acknowledged > began, "a session lives that was there before it was revoked");
    else findings.check(start < answered, "a session is dead that began after the revocation");
    findings.check(
      lives !== named.has(id),
      lives ? "a session lives that was named as ended" : "a session died unnamed",
    );
  }
}
