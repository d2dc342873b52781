import { describe, expect, it } from "vitest";
import { createFreshTokens } from "../../src/connections/fresh-tokens.ts";
import { createLinks } from "../../src/connections/links.ts";
import { createProviderClient } from "../../src/connections/provider-client.ts";
import { createSeal, type Seal } from "../../src/connections/seal.ts";
import { createSealedTokens } from "../../src/connections/sealed-tokens.ts";
import { createGuard } from "../../src/core/guard.ts";
import { createKeptRecords, type KeptRecords } from "../../src/core/kept-records.ts";
import { createReads } from "../../src/core/reads.ts";
import { memoryStore } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { secrets } from "./shop.ts";
import { taggedProvider, tokenLife } from "./tagged-provider.ts";

const users = Array.from({ length: 1_000 }, (_, index) => `user-${index}`);

/** Links of a thousand users whose tokens say whose they are; parts of it may be broken on purpose. */
async function crowd({ seal = (sound: Seal) => sound, records = (sound: KeptRecords) => sound } = {}) {
  const tagged = taggedProvider();
  const runtime = fakeRuntime();
  const store = memoryStore();
  const guard = createGuard(store, { timeLimit: 2_000, pendingLimit: 10_000 }, runtime, () => undefined);
  const kept = records(
    createKeptRecords({ store, guard, runtime, find: createReads(store, guard, runtime) }, "connection"),
  );
  const links = createLinks(kept, 86_400_000, runtime);
  const tokens = createSealedTokens(seal(createSeal(secrets)));
  const client = createProviderClient(tagged.provider, {
    runtime,
    fetch: tagged.fetch,
    timeLimit: 5_000,
    clockTolerance: 0,
  });
  const limits = { refreshAhead: 60_000, lease: 10_000, providerTimeLimit: 5_000, unusedFor: 86_400_000 };
  const fresh = createFreshTokens({ links, tokens, runtime, limits, clientOf: () => client });
  const ownerOf = (userId: string) => ({ userId, provider: "tagged" });
  for (const userId of users) {
    const granted = {
      accessToken: `access.${userId}.0`,
      lasts: tokenLife * 1_000,
      refreshToken: `refresh.${userId}.0`,
      scope: null,
    };
    const account = { subject: userId, claims: {} };
    await links.put(ownerOf(userId), (before) =>
      tokens.linked(ownerOf(userId), before, account, granted, runtime.now()),
    );
  }
  runtime.advance(tokenLife * 1_000);
  /** How many of several calls for each user, all at once, gave somebody else's token. */
  async function mixUps(): Promise<number> {
    const asked = [...users, ...users.toReversed(), ...users];
    const given = await Promise.all(asked.map((userId) => fresh(ownerOf(userId), {}, () => undefined)));
    return given.filter(({ accessToken }, index) => accessToken !== `access.${asked[index]}.1`).length;
  }
  return { tagged, mixUps };
}

describe("O6 a thousand users at once", () => {
  it("get their own tokens each, and the provider is asked once for each", async () => {
    const { tagged, mixUps } = await crowd();
    expect(await mixUps()).toBe(0);
    expect(tagged.refreshes.toSorted()).toEqual(users.map((userId) => `refresh.${userId}.0`).toSorted());
  });

  /** Keeps the links of every ten users under one name. */
  const shared = (sound: KeptRecords): KeptRecords => {
    const nameOf = (name: string) => name.replace(/\d"/, 'x"');
    return {
      ...sound,
      find: (name) => sound.find(nameOf(name)),
      create: (name, ...rest) => sound.create(nameOf(name), ...rest),
    };
  };

  it("control: get somebody else's where links and seals are not their own", async () => {
    const placeless = (sound: Seal): Seal => ({
      ...sound,
      seal: (text) => sound.seal(text, []),
      open: (sealed) => sound.open(sealed, []),
    });
    const { mixUps } = await crowd({ records: shared, seal: placeless });
    expect(await mixUps()).toBeGreaterThan(100);
  });

  it("get nothing where the seals alone are their own", async () => {
    const { mixUps } = await crowd({ records: shared });
    await expect(mixUps()).rejects.toMatchObject({ code: "CONNECTION_BROKEN" });
  });
});
