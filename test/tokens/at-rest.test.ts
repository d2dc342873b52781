import { describe, expect, it } from "vitest";
import { createSessions, memoryStore, type SessionStore } from "../../src/index.ts";
import { parseRefreshToken } from "../../src/token/refresh-token.ts";
import { storedKeys, tokens } from "../../src/tokens/index.ts";
import { dist } from "../races/library.mjs";
import { lastingStores, openModule, stores } from "../races/stores.mjs";
import { describeWith } from "../require-services.ts";
import { everyText } from "../support/recording-store.ts";
import { post, refresh, secrets, successorIn, type TokenWorld, usual } from "./scene.ts";

/** What was handed out, and must be nowhere in a store. */
interface Told {
  readonly accessTokens: string[];
  readonly refreshTokens: string[];
}

function instance(store: SessionStore): TokenWorld {
  const options = { store, secrets, tokens: tokens({ ...usual, keys: storedKeys() }) };
  return { sessions: createSessions(options) } as unknown as TokenWorld;
}

/** Issues tokens, exchanges them, and exchanges some once more within the window. */
async function issueMany(here: TokenWorld): Promise<Told> {
  const told: Told = { accessTokens: [], refreshTokens: [] };
  for (let user = 0; user < 5; user++) {
    const { session } = await here.sessions.create({ userId: `user ${user} at rest` });
    const { accessToken, refreshToken } = await session.issueTokens({ client: "mobile" });
    const answer = await refresh(here, refreshToken ?? "");
    const next = await refresh(here, successorIn(answer));
    await refresh(here, successorIn(answer));
    told.accessTokens.push(accessToken, ...[answer, next].map(({ body }) => String(body.access_token)));
    told.refreshTokens.push(refreshToken ?? "", successorIn(answer), successorIn(next));
  }
  return told;
}

/** What of the tokens can be found in a dump, or made of it. */
async function findUsable(here: TokenWorld, dump: string, { accessTokens, refreshTokens }: Told): Promise<string[]> {
  const halves = refreshTokens.flatMap((token) => {
    const { secret, code } = parseRefreshToken(token) ?? expect.fail();
    return [token, secret, code];
  });
  const told = [...halves, ...accessTokens, ...accessTokens.map((token) => token.split(".")[2] ?? "")];
  const encoded = (text: string) => [text, encodeURIComponent(text), btoa(text), Buffer.from(text).toString("hex")];
  const found = told.filter((text) => encoded(text).some((spelling) => dump.includes(spelling)));
  const texts = dump.match(/[\w-]{43}/g) ?? [];
  const beginnings = refreshTokens.map((token) => token.slice(0, -86));
  for (const beginning of beginnings.slice(0, 3))
    for (const secret of texts.slice(0, 50)) {
      const { status } = await post(here, "introspect", { client_id: "mobile", token: beginning + secret + secret });
      if (status !== 401) found.push("an introspection of a public client");
      if ((await refresh(here, beginning + secret + secret)).status === 200) found.push(secret);
    }
  if (/"d\\*":/.test(dump)) found.push("a private key");
  return found;
}

for (const name of lastingStores) {
  const { title, isAvailable } = stores[name as keyof typeof stores];
  await describeWith(`G4 T2 R6 a dump with tokens: ${title}`, isAvailable, () => {
    it("has no refresh token, no access token, no private key, and nothing to make them of", async () => {
      const { makeTarget, openStore, dump } = await openModule(name);
      const place = await makeTarget();
      const { store, close } = await openStore(dist, place.target);
      try {
        const here = instance(store);
        const told = await issueMany(here);
        const text = await dump(place.target);
        expect(text).toContain("~refresh");
        expect(await findUsable(here, text, told)).toEqual([]);
      } finally {
        await close();
        await place.remove();
      }
    });
  });
}

describe("the test of dumps notices", () => {
  it.each([
    ["the successor that is kept for those who ask again", (told: Told) => told.refreshTokens.at(-1)],
    ["a secret in the place of its digest", (told: Told) => parseRefreshToken(told.refreshTokens[0] ?? "")?.secret],
    ["an access token", (told: Told) => told.accessTokens[0]],
  ])("%s", async (_, leak) => {
    const kept: object[] = [];
    const store = memoryStore();
    const update: SessionStore["update"] = async (id, change, now) => {
      kept.push(change);
      return store.update(id, change, now);
    };
    const here = instance({ ...store, update });
    const told = await issueMany(here);
    expect(await findUsable(here, everyText(kept).join("\n"), told)).toEqual([]);
    expect(await findUsable(here, everyText([kept, leak(told)]).join("\n"), told)).not.toEqual([]);
  });
});
