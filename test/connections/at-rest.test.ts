import { inspect } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import type { SessionStore } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { describeWith } from "../require-services.ts";
import { places } from "../support/places.ts";
import { everyText } from "../support/recording-store.ts";
import { callbackOf, openShop, secrets } from "./shop.ts";
import { taggedProvider, tokenLife } from "./tagged-provider.ts";

const people = Array.from({ length: 20 }, (_, index) => `person-${index}`);

/** Everything that a store was given, and every record that it gave back. */
function overheard(store: SessionStore) {
  const heard: unknown[] = [];
  const hear = <Value>(value: Value): Value => {
    heard.push(value);
    return value;
  };
  const watched: SessionStore = {
    ...store,
    create: (record) => store.create(hear(record)),
    update: (id, change, now) => store.update(id, hear(change), now),
    find: async (ids, now) => hear(await store.find(ids, now)),
  };
  return { watched, texts: () => everyText(heard) };
}

/** The spellings in which a secret may lie somewhere. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, bytes.toString("base64url").slice(0, -3), bytes.toString("hex"), encodeURIComponent(secret)];
}

const found = (texts: readonly string[], issued: readonly string[]) => {
  const all = texts.join("\n");
  return issued.filter((secret) => spellings(secret).some((spelling) => all.includes(spelling)));
};

for (const { name, isAvailable, prepare } of places) {
  await describeWith(`O1 O4 what is kept on ${name}`, isAvailable, () => {
    const open = prepare();
    let store: SessionStore;
    beforeAll(async () => {
      store = await open();
    });

    it("holds no token of a provider, in any spelling, and is a link to nobody else", async () => {
      const tagged = taggedProvider();
      const runtime = fakeRuntime({ now: Date.now() });
      const { watched, texts } = overheard(store);
      const shop = openShop({ tagged: tagged.provider }, { store: watched, runtime, fetch: tagged.fetch });
      for (const person of people) {
        const browser = shop.visitor();
        const state = new URL(await browser.begin("sign-in-with", "tagged")).searchParams.get("state");
        expect(await browser.comeBack(`${callbackOf("tagged")}?code=${person}&state=${state}`)).toBe("303 /after");
      }
      runtime.advance(tokenLife * 1_000);
      const given = await Promise.all(people.map((one) => shop.connection.of(`tagged:${one}`, "tagged").accessToken()));
      expect(given).toEqual(people.map((person) => `access.${person}.1`));
      const turns = [0, 1];
      const issued = people.flatMap((one) =>
        turns.flatMap((turn) => [`access.${one}.${turn}`, `refresh.${one}.${turn}`]),
      );
      expect(found(texts(), [...issued, ...secrets])).toEqual([]);
      expect(texts().some((text) => text.includes('"access"'))).toBe(true); // it was looked at the right place
    });

    it("is worth nothing with other secrets, and is sealed anew with new ones", async () => {
      const tagged = taggedProvider();
      const runtime = fakeRuntime({ now: Date.now() });
      const options = { store, runtime, fetch: tagged.fetch };
      const before = openShop({ tagged: tagged.provider }, options);
      const browser = before.visitor();
      const state = new URL(await browser.begin("sign-in-with", "tagged")).searchParams.get("state");
      await browser.comeBack(`${callbackOf("tagged")}?code=carl&state=${state}`);
      const stranger = openShop(
        { tagged: tagged.provider },
        { ...options, secrets: ["somebody else's secret, long enough"] },
      );
      await expect(stranger.connection.of("tagged:carl", "tagged").accessToken()).rejects.toMatchObject({
        code: "CONNECTION_BROKEN",
      });
      const fresh = "the secret that takes its place, long enough";
      const both = openShop({ tagged: tagged.provider }, { ...options, secrets: [fresh, ...secrets] });
      expect(await both.connection.reseal(["tagged:carl", "tagged:nobody"])).toBe(1);
      expect(await both.connection.reseal(["tagged:carl"])).toBe(0);
      const after = openShop({ tagged: tagged.provider }, { ...options, secrets: [fresh] });
      expect(await after.connection.of("tagged:carl", "tagged").accessToken()).toBe("access.carl.0");
    });
  });
}

describe("What a browser or a log gets", () => {
  it("O4 has no token of a provider in it", async () => {
    const tagged = taggedProvider();
    const { visitor, runtime, events, connection } = openShop({ tagged: tagged.provider }, { fetch: tagged.fetch });
    const browser = visitor();
    const state = new URL(await browser.begin("sign-in-with", "tagged")).searchParams.get("state");
    await browser.comeBack(`${callbackOf("tagged")}?code=anna&state=${state}`);
    runtime.advance(tokenLife * 1_000);
    const session = connection.of("tagged:anna", "tagged");
    await session.accessToken();
    const said: string[] = [
      JSON.stringify([...browser.cookies]),
      JSON.stringify(await session.find()),
      inspect(session),
    ];
    for (const path of ["", "/linked-accounts", "/devices"]) {
      const response = await browser.request(path);
      said.push(JSON.stringify([...response.headers]), await response.text());
    }
    said.push(await (await browser.request("/unlink-account", { provider: "tagged" })).text());
    said.push(JSON.stringify(events));
    expect(said.join("\n")).toContain("account-unlinked");
    expect(tagged.revoked).toEqual(["refresh.anna.1"]);
    const issued = [0, 1].flatMap((turn) => [`access.anna.${turn}`, `refresh.anna.${turn}`]);
    expect(found(said, [...issued, ...secrets])).toEqual([]);
  });
});

describe("The search", () => {
  it("O4 control: finds a token in each of its spellings", () => {
    const secret = "access.anna.0";
    for (const spelling of spellings(secret)) expect(found([`{"a":"x${spelling}y"}`], [secret])).toEqual([secret]);
  });
});
