import { Chance } from "../chance.mjs";
import { Findings } from "../findings.mjs";
import { runSchedules, Schedule } from "../schedule.mjs";

const enders = ["destroy", "signOut", "revoke", "revokeUser"];
const others = ["set", "update", "replace", "pluck", "rotate", "touch", "signIn"];

/**
 * L8, G2: a session is ended while other requests write, touch, rotate and sign in, in every order of their store calls.
 * After the end was acknowledged nobody ever sees it alive. Only schedules whose end was acknowledged count.
 */
export async function resurrection(crew, { figure, seed }) {
  const findings = new Findings();
  findings.reached = await runSchedules(figure, (number) => endOnce(crew, new Chance(seed + number), number, findings));
  return findings;
}

async function endOnce(crew, chance, number, findings) {
  const userId = `user-${number}`;
  const data = { cart: ["a"], flash: "x" };
  const { token, id } = await crew.call(number, "create", { userId, data });
  const schedule = new Schedule(crew, chance, number);
  const ender = schedule.start(chance.pick(enders), { token, id, userId });
  const rivals = Array.from({ length: 2 + chance.below(2) }, () =>
    schedule.start(chance.pick(others), { token, userId }),
  );
  const story = () => `schedule ${number} (${[ender, ...rivals].map(({ deed }) => deed).join(", ")})`;
  const lookAgain = async () => {
    const tokens = [token, ...rivals.flatMap(({ result }) => result?.token ?? [])];
    const { sessions, row } = await crew.call(chance.below(crew.size), "look", { tokens, id });
    findings.check(!row, () => `${story()}: the record is there again`);
    findings.check(!sessions.some((session) => session?.id === id), () => `${story()}: a token opens it again`);
  };
  await schedule.run(async () => {
    if (ender.result?.outcome === "done" && chance.oneIn(3)) await lookAgain();
  });
  for (const { result } of [ender, ...rivals])
    findings.check(result.outcome !== "failed", () => `${story()}: ${result.error}`);
  if (ender.result.outcome !== "done") return false;
  await lookAgain();
  return true;
}
