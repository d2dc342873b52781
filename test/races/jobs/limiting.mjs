import { settled } from "./revoking.mjs";

/** The managers of a limit, one for each: a sign-in at once under each policy meets the same ledger. */
const limited = ({ makeSessions, kept }, reached, sessions) => {
  const name = `limit ${reached}`;
  if (!kept.has(name)) kept.set(name, makeSessions({ limit: { sessions, reached }, storeTimeLimit: "1m" }));
  return kept.get(name);
};

/**
 * Signs one user in many times at once, half on visitors who are there already. After every acknowledged sign-in it looks
 * how many of the ones before are alive: answers the most that ever were, and what became of each.
 */
export async function signInLimited(context, { userId, reached, most, count }) {
  const sessions = limited(context, reached, most);
  const visits = await Promise.all(Array.from({ length: count }, () => sessions.create({ data: { cart: ["a"] } })));
  const acknowledged = [];
  let mostAlive = 0;
  const signIns = visits.map(async ({ session }, index) => {
    const made = await settled(async () => {
      if (index % 2 === 0) return { token: await session.signIn(userId), id: session.id };
      const { token, session: own } = await sessions.create({ userId });
      return { token, id: own.id };
    });
    if (!made.error) acknowledged.push(made);
    if (!made.error && index % 5 === 0) mostAlive = Math.max(mostAlive, await aliveAmong(context, [...acknowledged]));
    return made;
  });
  return { made: await Promise.all(signIns), mostAlive };
}

// What was acknowledged before the look began only ever dies, so the look need not be made at one instant.
async function aliveAmong({ exact }, made) {
  const found = await Promise.all(made.map(({ token }) => exact.validate(token)));
  return found.filter((session) => session?.userId).length;
}
