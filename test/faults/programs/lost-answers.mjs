import { pathToFileURL } from "node:url";
import { Chance } from "../../races/chance.mjs";
import { Findings, wordsOf } from "../../races/findings.mjs";
import { importBuilt } from "../../races/library.mjs";
import { breakStore } from "../broken.mjs";
import { FaultyProxy } from "../proxy.mjs";
import { faultStores } from "../stores.mjs";

const afterGrace = 11_000;
const deeds = ["rotate", "signIn", "create", "destroy"];

/**
 * G8: a sign-in, a rotation, a new session or a sign-out is carried out, and the answer lost on its way. It is sent again
 * and answered; exactly one token is valid afterwards, and the visitor holds it.
 */
export async function lostAnswers(setup) {
  const findings = new Findings();
  const { server } = faultStores[setup.store];
  const running = await server.startServer();
  const proxy = await FaultyProxy.open(running.port);
  try {
    const scene = await openSessions({ ...setup, url: server.urlOf({ port: proxy.port }), proxy });
    const chance = new Chance(setup.seed);
    for (; findings.reached < setup.figure; findings.reached++) {
      const deed = deeds[findings.reached % deeds.length];
      await once(scene, deed, chance, findings).catch((error) => findings.fail(`${deed}: ${wordsOf(error)}`));
      await proxy.lift();
    }
    await scene.close();
  } finally {
    await proxy.close();
    await running.close();
  }
  return findings;
}

async function openSessions({ dist, store: name, url, proxy, timeLimit, broken }) {
  const { createSessions } = await importBuilt(dist, "index.js");
  const { openStore } = await import(pathToFileURL(faultStores[name].module).href);
  const { store: whole, close } = await openStore({ dist, url, timeLimit });
  const tokens = [];
  const secrets = [];
  const armed = { deed: null, lost: 0 };
  const lose = (deed, call) => {
    if (armed.deed !== deed) return call();
    armed.deed = null;
    armed.lost += 1;
    proxy.loseAnswer();
    return call();
  };
  const store = {
    ...whole,
    create: (record) => lose("create", () => whole.create(record)),
    update: (id, change, now) => lose(deedOf(change), () => whole.update(id, change, now)),
    destroy: (id, generation) => lose("destroy", () => whole.destroy(id, generation)),
  };
  const randomBytes = (size) => {
    const bytes = crypto.getRandomValues(new Uint8Array(size));
    if (size === 32) secrets.push(Buffer.from(bytes).toString("base64url"));
    return bytes;
  };
  const options = { store: breakStore(broken, store), origins: ["https://shop.example"], storeTimeLimit: timeLimit };
  const managerAt = (offset) =>
    createSessions({ ...options, runtime: { now: () => Date.now() + offset, randomBytes } });
  return { now: managerAt(0), later: managerAt(afterGrace), whole, armed, secrets, tokens, close };
}

function deedOf({ token, raiseGeneration }) {
  if (raiseGeneration) return "signIn";
  return token ? "rotate" : "set";
}

const actions = {
  rotate: async (session) => session.rotate(),
  signIn: async (session, userId) => session.signIn(userId),
  destroy: async (session) => void (await session.destroy()),
};

async function once(scene, deed, chance, findings) {
  const { now, armed, secrets } = scene;
  const userId = `user-${chance.below(1_000_000)}`;
  const lost = armed.lost;
  secrets.length = 0;
  if (deed === "create") armed.deed = deed;
  const { token, session } = await now.create({ data: { note: 1 } });
  const { id } = session;
  if (deed !== "create") armed.deed = deed;
  const current = deed === "create" ? token : await actions[deed](session, userId);
  findings.check(armed.lost === lost + 1, () => `${deed}: no answer was lost`);
  await hold(scene, { deed, id, current, userId }, findings);
}

async function hold({ now, later, secrets }, { deed, id, current, userId }, findings) {
  const tokens = secrets.map((secret) => `ccs_${id}.${secret}`);
  const found = await Promise.all(tokens.map((token) => later.validate(token)));
  const open = tokens.filter((_, index) => found[index] !== null);
  if (deed === "destroy") return findings.check(open.length === 0, "a session that was ended is there");
  findings.check(open.length === 1, () => `${deed}: ${open.length} tokens open the session`);
  findings.check(open[0] === current, () => `${deed}: the visitor holds another token than the store`);
  const session = await now.validate(current ?? "");
  const user = deed === "signIn" ? userId : null;
  findings.check(session?.userId === user, () => `${deed}: the user and the token do not go together`);
  return findings.check(session?.data.note === 1 || deed === "signIn", () => `${deed}: the data is lost`);
}
