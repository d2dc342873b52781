import { wordsOf } from "../races/findings.mjs";
import { importBuilt } from "../races/library.mjs";
import { openModule } from "../races/stores.mjs";

const afterGrace = 11_000;

/** Opens the database that killed processes have left, as the next process would. */
export async function reopen({ dist, store: name, target }) {
  const { createSessions } = await importBuilt(dist, "index.js");
  const { openStore } = await openModule(name);
  const { store, close } = await openStore(dist, target);
  const managerAt = (offset) => {
    const runtime = { now: () => Date.now() + offset };
    return createSessions({ store, origins: ["https://shop.example"], runtime });
  };
  return { now: managerAt(0), later: managerAt(afterGrace), close };
}

/** Holds what is stored against what was acknowledged, and answers the shared count. */
export async function verifyStory({ now, later }, story, findings) {
  for (const session of story.sessions) {
    try {
      await verifySession({ now, later }, session, story.secrets, findings);
    } catch (error) {
      findings.fail(`a session cannot be read: ${wordsOf(error)}`);
    }
  }
}

async function verifySession({ now, later }, session, secrets, findings) {
  const { id, token, count, isAlive, isSignedIn, inFlight } = session;
  const story = `${isAlive ? "alive" : "ended"}, ${inFlight ?? "nothing"} under way`;
  const tokens = secrets.map((secret) => `ccs_${id}.${secret}`);
  const open = await openOf(later, tokens);
  if (!isAlive) return findings.check(open.length === 0, `${story}: it was ended, and lives`);
  if (inFlight === "destroy" && open.length === 0) return undefined;
  findings.check(open.length === 1, `${story}: ${open.length} tokens open it after the grace`);
  if (open.length !== 1) return undefined;
  const [{ token: current, session: found }] = open;
  const issuesToken = inFlight === "rotate" || inFlight === "signIn";
  findings.check(current === token || issuesToken, `${story}: another token opens it than the acknowledged one`);
  if (inFlight === "rotate") findings.check(await now.validate(token), `${story}: the acknowledged token has no grace`);
  const counts = inFlight === "set" ? [count, count + 1] : [count];
  findings.check(counts.includes(found.data.count), `${story}: the count is ${found.data.count} after ${count}`);
  const signedIn = isSignedIn || (inFlight === "signIn" && current !== token);
  return findings.check((found.userId !== null) === signedIn, `${story}: the user and the token do not go together`);
}

async function openOf(sessions, tokens) {
  const found = await Promise.all(tokens.map((token) => sessions.validate(token)));
  return tokens.map((token, index) => ({ token, session: found[index] })).filter(({ session }) => session !== null);
}
