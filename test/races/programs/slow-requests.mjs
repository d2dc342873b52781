import { Chance } from "../chance.mjs";
import { Findings } from "../findings.mjs";
import { runSchedules, Schedule } from "../schedule.mjs";

const slowDeeds = ["read", "set", "update", "replace", "rotate", "destroy", "signOut"];
const keepsCart = new Set(["read", "set", "update", "rotate"]);

/**
 * G3, L4: a visitor signs in while slower requests of the same visitor are under way, in every order of their store calls.
 * The slow ones neither read nor write the session after it, and sign nobody out.
 */
export async function slowRequests(crew, { figure, seed }) {
  const findings = new Findings();
  findings.reached = await runSchedules(figure, (number) =>
    signInOnce(crew, new Chance(seed + number), number, findings),
  );
  return findings;
}

async function signInOnce(crew, chance, number, findings) {
  const userId = `user-${number}`;
  const { token, id } = await crew.call(number, "create", { data: { cart: ["a"], draft: "d" } });
  const schedule = new Schedule(crew, chance, number);
  const signIn = schedule.start("signIn", { token, userId });
  const slow = Array.from({ length: 2 + chance.below(2) }, () => schedule.start(chance.pick(slowDeeds), { token }));
  const story = `schedule ${number} (signIn, ${slow.map(({ deed }) => deed).join(", ")})`;
  let secretWritten = false;
  await schedule.run(async () => {
    if (signIn.result?.outcome !== "done" || secretWritten) return;
    secretWritten = true;
    await crew.call(chance.below(crew.size), "writeSecret", { token: signIn.result.token });
  });
  for (const { result } of [signIn, ...slow])
    findings.check(result.outcome !== "failed", () => `${story}: ${result.error}`);
  if (signIn.result.outcome !== "done") return false;
  const oldTokens = [token, ...slow.flatMap(({ result }) => result.token ?? [])];
  const tokens = [signIn.result.token, ...oldTokens];
  const { sessions } = await crew.call(chance.below(crew.size), "look", { tokens, id });
  judge({ userId, id, slow, sessions }, (holds, what) => findings.check(holds, () => `${story}: ${what}`));
  return true;
}

function judge({ userId, id, slow, sessions }, check) {
  const [signedIn, ...old] = sessions;
  check(signedIn?.userId === userId, "the new token does not open the session of the user");
  check(
    old.every((session) => session === null),
    "a token from before the sign-in opens a session",
  );
  const { cart, ...data } = signedIn?.data ?? {};
  check(JSON.stringify(data) === '{"secret":1}', `the session holds ${Object.keys(data)}`);
  for (const { result } of slow) {
    check(!result.seen?.userId, "a request from before the sign-in sees the user");
    check(result.seen?.data.secret === undefined, "a request from before the sign-in reads what came after it");
  }
  if (signedIn?.id !== id) return; // one of the slow requests ended the session first, and the sign-in made a new one
  const added = slow
    .filter(({ deed, result }) => deed === "update" && result.outcome === "done")
    .map(({ name }) => name);
  const known = ["a", ...added];
  check(
    (cart ?? []).every((item) => known.includes(item)),
    "the cart holds what nobody acknowledged",
  );
  const whole = slow.every(({ deed }) => keepsCart.has(deed));
  check(!whole || cart?.length === known.length, "the cart lost what was acknowledged");
}
