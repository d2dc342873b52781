import { beforeAll, expect, it } from "vitest";
import { createSessions, type SessionEvent, type SessionStore } from "../../src/index.ts";
import { storedKeys, tokens } from "../../src/tokens/index.ts";
import { describeWith } from "../require-services.ts";
import { places } from "../support/places.ts";
import { api, post, refresh, secrets, successorIn, type TokenWorld, usual } from "./scene.ts";

for (const { name, isAvailable, prepare } of places) {
  await describeWith(`R-D tokens: ${name}`, isAvailable, () => {
    const open = prepare();
    let store!: SessionStore;
    beforeAll(async () => {
      store = await open();
    });

    function instance(): TokenWorld {
      const events: SessionEvent[] = [];
      const sessions = createSessions({
        ...{ store, secrets, origins: ["https://shop.example"], onEvent: (event) => void events.push(event) },
        tokens: tokens({ ...usual, keys: storedKeys() }),
      });
      return { sessions, events } as unknown as TokenWorld;
    }

    async function signedIn({ sessions }: TokenWorld, userId: string) {
      const { session, token } = await sessions.create({ userId });
      const { refreshToken } = await session.issueTokens({ client: "mobile", audience: api });
      return { session, token, refreshToken: refreshToken ?? expect.fail() };
    }

    it("R1 R3 are issued and exchanged, by any instance; the same once more gives the same", async () => {
      const [here, there] = [instance(), instance()];
      const { refreshToken } = await signedIn(here, "ann of the tokens");
      const first = successorIn(await refresh(there, refreshToken));
      expect(successorIn(await refresh(here, refreshToken))).toBe(first);
      successorIn(await refresh(here, first));
      expect(await here.sessions.tokens.jwks()).toEqual(await there.sessions.tokens.jwks());
    });

    it("R2 a token of before ends the session", async () => {
      const here = instance();
      const { refreshToken, token } = await signedIn(here, "bob of the tokens");
      const second = successorIn(await refresh(here, successorIn(await refresh(here, refreshToken))));
      expect((await refresh(here, refreshToken)).status).toBe(400);
      expect((await refresh(here, second)).status).toBe(400);
      expect(await here.sessions.validate(token)).toBeNull();
      expect(await here.sessions.tokens.epochOf("bob of the tokens")).toBeGreaterThan(0);
    });

    it("R7 end with their session, and with a change of the password", async () => {
      const here = instance();
      const userId = "cid of the tokens";
      const left = await signedIn(here, userId);
      await left.session.destroy();
      const revoked = await signedIn(here, userId);
      const other = await signedIn(here, userId);
      await here.sessions.revoke(revoked.session.id ?? "");
      const changed = await signedIn(here, userId);
      await changed.session.credentialsChanged();
      for (const { refreshToken } of [left, revoked, other, changed])
        expect((await refresh(here, refreshToken)).body).toEqual({ error: "invalid_grant" });
      const later = (await changed.session.issueTokens({ client: "mobile" })).refreshToken ?? expect.fail();
      successorIn(await refresh(here, later));
      await here.sessions.revokeUser(userId);
      expect((await refresh(here, later)).body).toEqual({ error: "invalid_grant" });
    });

    it("J13 are revoked one by one", async () => {
      const here = instance();
      const { refreshToken, session } = await signedIn(here, "dan of the tokens");
      const other = (await session.issueTokens({ client: "mobile" })).refreshToken ?? expect.fail();
      expect((await post(here, "revoke-token", { client_id: "mobile", token: refreshToken })).status).toBe(200);
      expect((await refresh(here, refreshToken)).status).toBe(400);
      successorIn(await refresh(here, other));
    });

    it("are listed, and revoked by their entry in the list", async () => {
      const here = instance();
      const userId = "eve of the tokens";
      const { refreshToken } = await signedIn(here, userId);
      const { session } = await signedIn(here, userId);
      const listed = await session.listTokens();
      const { id } = listed.find(({ sessionId }) => sessionId !== session.id) ?? expect.fail();
      expect(listed.map(({ clientId }) => clientId)).toEqual(["mobile", "mobile"]);
      expect([await session.revokeTokens(id), await session.revokeTokens(id)]).toEqual([true, false]);
      expect((await refresh(here, refreshToken)).status).toBe(400);
      expect((await session.listTokens()).length).toBe(1);
    });
  });
}
