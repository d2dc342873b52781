import { wordsOf } from "../findings.mjs";

// The clock that all processes of a machine share, in nanoseconds.
const instant = () => Number(process.hrtime.bigint());

/** Begins anonymous sessions, for sign-ins that come later: a visitor with a cart. */
export async function beginVisits({ sessions, kept }, { name, count }) {
  const made = Array.from({ length: count }, () => sessions.create({ data: { cart: ["a"] } }));
  kept.set(name, await Promise.all(made));
}

/** Signs one user in many times at once: half on the sessions that were begun, half on new ones. */
export async function signInOften({ sessions, kept }, { name, userId }) {
  const visits = kept.get(name);
  kept.delete(name);
  const signIns = visits.flatMap(({ session }) => [
    async () => ({ token: await session.signIn(userId), id: session.id }),
    async () => idAndToken(await sessions.create({ userId })),
  ]);
  return Promise.all(signIns.map((signIn) => settled(signIn)));
}

/** Looks at the list of the user's sessions, as a page of devices does. */
export async function listOften({ sessions }, { userId }) {
  return (await sessions.list(userId)).map(({ id }) => id);
}

/** Ends every session of the user, once `after` of them are there. Answers when it began and which ids it ended. */
export async function revokeAll({ whole, makeSessions }, { userId, after }) {
  const ended = [];
  const onEvent = ({ type, sessionId }) => type === "destroyed" && ended.push(sessionId);
  const sessions = makeSessions({ onEvent });
  const isEarly = async () => (await whole.byUser.list(userId, Date.now())).length < after;
  while (await isEarly()) await new Promise((resolve) => setImmediate(resolve));
  const began = instant();
  await sessions.revokeUser(userId);
  return { began, answered: instant(), ended };
}

/** Which of the sessions their tokens still open, by id. */
export async function aliveOf({ exact }, { signIns }) {
  const found = await Promise.all(signIns.map(({ token }) => exact.validate(token)));
  return signIns.filter((_, index) => found[index]?.userId).map(({ id }) => id);
}

const idAndToken = ({ token, session }) => ({ token, id: session.id });

/** Signs in, and says when it began and when it was acknowledged, or why it was not. */
export async function settled(signIn) {
  const began = instant();
  try {
    return { ...(await signIn()), began, acknowledged: instant() };
  } catch (error) {
    return { error: wordsOf(error) };
  }
}
