import { describe, expect, it } from "vitest";
import { createGuard } from "../../src/core/guard.ts";
import { createReads } from "../../src/core/reads.ts";
import { createSessions, memoryStore, type SessionStore } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { parseRefreshToken, writeRefreshToken } from "../../src/token/refresh-token.ts";
import { type Desk, openDesk } from "../../src/tokens/desk.ts";
import { issueTokens } from "../../src/tokens/issuing.ts";
import { resolveTokens } from "../../src/tokens/options.ts";
import { refreshTokens } from "../../src/tokens/refreshing.ts";
import { secrets, usual } from "./scene.ts";

interface Broken {
  readonly store?: (store: SessionStore) => SessionStore;
  readonly seal?: (seal: Desk["seal"]) => Desk["seal"];
}

/** A desk whose store or seal is broken on purpose, with a family to begin with. */
async function scene({ store: breakStore = (whole) => whole, seal: breakSeal = (whole) => whole }: Broken = {}) {
  const runtime = fakeRuntime();
  const store = breakStore(memoryStore());
  const guard = createGuard(store, { timeLimit: 1_000, pendingLimit: 1_000 }, runtime, () => undefined);
  const context = {
    ...{ store, guard, runtime, find: createReads(store, guard, runtime), emit: () => undefined },
    ...{ secrets, basePath: "/api/session", isKnown: () => true },
  };
  const whole = openDesk(resolveTokens(usual, []), context);
  const desk = { ...whole, seal: breakSeal(whole.seal) };
  const client = desk.policy.clients.get("mobile") ?? expect.fail();
  const { session, token: sessionToken } = await createSessions({ store, runtime }).create({ userId: "ann" });
  const [record] = await store.find([session.id ?? ""], runtime.now());
  const { issued } = await issueTokens(desk, record as never, "ann", { client: "mobile" });
  const exchange = async (token: string) => {
    const answer = await refreshTokens(desk, client, { token, scope: null, audience: null, thumbprint: null });
    return "tokens" in answer ? answer.tokens.refreshToken : null;
  };
  const isAlive = async () => (await createSessions({ store, runtime }).validate(sessionToken)) !== null;
  return { runtime, first: issued.refreshToken ?? expect.fail(), exchange, isAlive };
}

/** R1 R3: how many different successors ten who ask at once are given. */
async function successors(broken?: Broken): Promise<number> {
  const { first, exchange } = await scene(broken);
  return new Set(await Promise.all(Array.from({ length: 10 }, () => exchange(first)))).size;
}

/** R2: whether the session is over when a token of before has come back. */
async function endsAtReuse(broken?: Broken): Promise<boolean> {
  const { first, exchange, isAlive, runtime } = await scene(broken);
  await exchange((await exchange(first)) ?? "");
  runtime.advance("1m");
  await exchange(first);
  return !(await isAlive());
}

/** R2: whether somebody who knows the public parts alone can end the session. */
async function strangersCanEnd(broken?: Broken): Promise<boolean> {
  const { first, exchange, isAlive, runtime } = await scene(broken);
  await exchange(first);
  runtime.advance("1m");
  const parts = parseRefreshToken(first) ?? expect.fail();
  const zeros = "A".repeat(43);
  await exchange(writeRefreshToken({ ...parts, secret: zeros, code: zeros }));
  return !(await isAlive());
}

const acceptsEveryBranch = (store: SessionStore): SessionStore => ({
  ...store,
  update: (id, { expect: _, ...change }, now) => store.update(id, change, now),
});

/** Makes successors by chance, and gives those who ask again one of their own. */
const byChance = (seal: Desk["seal"]): Desk["seal"] => ({
  ...seal,
  successor: async (parts) => ({
    ...(await seal.first(parts.id)),
    family: parts.family,
    generation: parts.generation + 1,
  }),
});

describe("whole, refresh tokens", () => {
  it("R1 R3 have one successor", async () => expect(await successors()).toBe(1));
  it("R2 end the session at their reuse", async () => expect(await endsAtReuse()).toBe(true));
  it("R2 let no stranger end anything", async () => expect(await strangersCanEnd()).toBe(false));
});

describe("the same programs notice", () => {
  it("successors that are made by chance, and not derived", async () => {
    expect(await successors({ seal: byChance })).toBeGreaterThan(1);
  });

  it("a store that accepts every branch", async () => {
    expect(await successors({ seal: byChance, store: acceptsEveryBranch })).toBeGreaterThan(2);
  });

  it("reuse that is forgotten", async () => {
    expect(await endsAtReuse({ store: (store) => ({ ...store, destroy: () => "destroyed" }) })).toBe(false);
  });

  it("a code that nobody looks at", async () => {
    expect(await strangersCanEnd({ seal: (seal) => ({ ...seal, isOurs: async () => true }) })).toBe(true);
  });
});
