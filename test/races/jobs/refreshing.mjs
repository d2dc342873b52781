import { Chance } from "../chance.mjs";
import { wordsOf } from "../findings.mjs";
import { dist, importBuilt } from "../library.mjs";

// Half of the processes sign with the one secret first, half with the other: so it is while one takes the place of another.
const secrets = ["the first secret of thirty-two bytes", "the other secret of thirty-two bytes"];

const url = "https://shop.example/api/session/token";

/** How much later than everybody else's the clock of a latecomer is, in milliseconds: longer than the window. */
const late = 11_000;

/** Says which of the secrets signs in this process. */
export async function chooseSecret(context, { first }) {
  context.secrets = first === 0 ? secrets : secrets.toReversed();
}

/** Signs a user in, and issues a refresh token of the session. */
export async function issueRefreshToken(context, { userId }) {
  const { sessions } = await issuerOf(context, {});
  const { session, token } = await sessions.create({ userId });
  const { refreshToken } = await session.issueTokens({ client: "mobile" });
  return { token, refreshToken };
}

/**
 * Exchanges one refresh token many times at once. A tenth of the answers are lost on their way to the client, which asks again, and a
 * tenth of the store's on their way to the server. Answers the different successors, and what was refused.
 */
export async function refreshOften(context, { token, count, seed, isLate = false }) {
  const chance = new Chance(seed);
  const issuer = await issuerOf(context, { isLate, chance });
  const answers = await Promise.all(Array.from({ length: count }, () => refreshUntilHeard(issuer, token, chance)));
  const heard = answers.filter((answer) => answer.refreshToken).map((answer) => answer.refreshToken);
  return { successors: [...new Set(heard)], refused: answers.flatMap(({ error }) => error ?? []) };
}

/** Exchanges a refresh token, and its successor, and so on; answers the last. */
export async function refreshInTurn(context, { token, times }) {
  const issuer = await issuerOf(context, { chance: new Chance(times) });
  let newest = token;
  for (let time = 0; time < times; time++) {
    const { refreshToken, error } = await refreshUntilHeard(issuer, newest, issuer.chance);
    if (error) throw new Error(`exchange ${time} was refused: ${error}`);
    newest = refreshToken;
  }
  return newest;
}

/** Whether a session token still opens its session. */
export async function isOpen({ exact }, { token }) {
  return (await exact.validate(token)) !== null;
}

async function refreshUntilHeard(issuer, token, chance) {
  for (;;) {
    const isLost = chance.oneIn(10);
    const answer = await refreshOnce(issuer, token);
    // A store that did not answer twice is a 503, which is no refusal.
    if (!isLost && answer.error !== "temporarily_unavailable") return answer;
  }
}

async function refreshOnce({ sessions }, token) {
  const body = new URLSearchParams({ grant_type: "refresh_token", client_id: "mobile", refresh_token: token });
  try {
    const response = await sessions.handler(new Request(url, { method: "POST", body }));
    const { refresh_token: refreshToken, error } = await response.json();
    return response.status === 200 ? { refreshToken } : { error };
  } catch (error) {
    return { error: wordsOf(error) };
  }
}

async function issuerOf(context, { isLate = false, chance }) {
  const { tokens, storedKeys } = await importBuilt(dist, "tokens/index.js");
  context.issuers ??= new Map();
  const known = context.issuers.get(isLate);
  if (known) return Object.assign(known, { chance });
  const issuer = { chance };
  issuer.sessions = context.makeSessions({
    store: losing(context.store, issuer),
    secrets: context.secrets,
    ...(isLate && { runtime: { now: () => Date.now() + late } }),
    tokens: tokens({
      issuer: "https://shop.example",
      audiences: ["https://api.shop.example"],
      clients: { mobile: { public: true } },
      keys: storedKeys(),
    }),
  });
  context.issuers.set(isLate, issuer);
  return issuer;
}

/** The same store, of whose answers to changes a tenth get lost. */
function losing(store, issuer) {
  return {
    ...store,
    async update(id, change, now) {
      const answer = await store.update(id, change, now);
      if (issuer.chance?.oneIn(10)) throw new Error("the answer was lost");
      return answer;
    },
  };
}
