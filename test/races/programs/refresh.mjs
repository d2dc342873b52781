import { Findings } from "../findings.mjs";

const uses = 100;

/** After so many rounds a thief has a copy of the token. */
const honestRounds = 5;

/** How old the oldest token is that comes back, in generations. */
const longAgo = 300;

/**
 * R1 to R4: a hundred clients exchange one refresh token at once, round after round, and a tenth of the answers are lost. Each round
 * has exactly one successor, and nobody is signed out. Then a thief who has a copy comes before the victim, or after: of two who
 * hold one token the later one ends the session, however many generations lie between.
 */
export async function refresh(crew, { figure, seed }) {
  const findings = new Findings();
  await crew.everyone("chooseSecret", (index) => ({ first: index % 2 }));
  const lasting = await begin(crew, "the one who stays");
  let newest = lasting.refreshToken;
  for (let round = 0; round < figure; round++) {
    newest = await exchangeAtOnce(crew, newest, seed + round * 100, findings);
    if (!newest) return findings;
    if (round % honestRounds === 0) await stealOnce(crew, round / honestRounds, findings);
    findings.reached += 1;
  }
  await comeBackLate(crew, { ...lasting, newest }, findings);
  return findings;
}

const begin = (crew, userId) => crew.call(0, "issueRefreshToken", { userId });

async function exchangeAtOnce(crew, token, seed, findings) {
  const count = Math.ceil(uses / crew.size);
  const answers = await crew.everyone("refreshOften", (index) => ({ token, count, seed: seed + index }));
  const refused = answers.flatMap((answer) => answer.refused);
  findings.check(refused.length === 0, () => `${refused.length} honest uses were refused: ${refused[0]}`);
  const successors = new Set(answers.flatMap((answer) => answer.successors));
  findings.check(successors.size === 1, () => `${successors.size} successors of one token`);
  return [...successors][0];
}

/** Thief and victim hold one token. Whoever comes second, after the window or two generations later, ends it for both. */
async function stealOnce(crew, number, findings) {
  const [first, second] = number % 2 === 0 ? ["the thief", "the victim"] : ["the victim", "the thief"];
  const { token, refreshToken } = await begin(crew, `robbed ${number}`);
  const isLate = number % 4 < 2;
  const newest = await crew.call(number, "refreshInTurn", { token: refreshToken, times: isLate ? 1 : 2 });
  const order = { token: refreshToken, count: 1, seed: number, isLate };
  const { successors } = await crew.call(number + 1, "refreshOften", order);
  findings.check(successors.length === 0, () => `${second} was given tokens after ${first}`);
  await isOver(crew, { number, token, newest }, `${second} came after ${first}`, findings);
}

/** The first token of all comes back, in every process at once. */
async function comeBackLate(crew, { token, refreshToken, newest }, findings) {
  const last = await crew.call(0, "refreshInTurn", { token: newest, times: longAgo });
  const order = { token: refreshToken, count: 3, seed: 1 };
  const answers = await crew.everyone("refreshOften", () => order);
  const successors = answers.flatMap((answer) => answer.successors);
  findings.check(successors.length === 0, () => `a token of ${longAgo} generations before was exchanged`);
  await isOver(
    crew,
    { number: 1, token, newest: last },
    `a token of ${longAgo} generations before came back`,
    findings,
  );
}

async function isOver(crew, { number, token, newest }, after, findings) {
  const { successors } = await crew.call(number, "refreshOften", { token: newest, count: 1, seed: 7 });
  findings.check(successors.length === 0, () => `the newest token was exchanged though ${after}`);
  const isOpen = await crew.call(number + 1, "isOpen", { token });
  findings.check(!isOpen, () => `the session is alive though ${after}`);
}
