// One process of several that share the links of a user: opens the store that it is told, and asks for access tokens.
import { breakStore } from "../../races/broken.mjs";
import { importBuilt } from "../../races/library.mjs";
import { openModule } from "../../races/stores.mjs";

let connection = null;
let close = null;

async function open({ dist, place, target, broken, provider, options }) {
  const { openStore } = await openModule(place);
  const { connections, oidc } = await importBuilt(dist, "connections/index.js");
  const opened = await openStore(dist, target);
  const store = broken ? await breakStore(broken, opened.store, dist) : opened.store;
  close = opened.close;
  connection = connections({ ...options, store, providers: { corp: oidc(provider) } });
}

/** Asks for a user's token many times at once; answers each token, or the code of its error, once. */
async function ask({ userId, times }) {
  const asking = Array.from({ length: times }, () => connection.of(userId, "corp").accessToken());
  const answers = await Promise.allSettled(asking);
  return [...new Set(answers.map(({ value, reason }) => value ?? `${reason?.code ?? reason}`))];
}

async function leave() {
  await close?.();
}

const jobs = { open, ask, leave };

process.on("message", async ({ number, job, args }) => {
  try {
    process.send({ number, result: (await jobs[job](args)) ?? null });
  } catch (error) {
    process.send({ number, error: String(error?.stack ?? error) });
  }
});
process.on("disconnect", () => process.exit());
