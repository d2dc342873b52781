import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { claimsOf, refresh, successorIn, type TokenWorld, tokenWorld } from "./scene.ts";

/** What an access token says of how its user was authenticated. */
function proofIn(token: unknown) {
  const { auth_time, acr, amr } = claimsOf(String(token));
  return { auth_time, acr, amr };
}

const seconds = ({ runtime }: TokenWorld) => Math.floor(runtime.now() / 1_000);

async function signedIn(here: TokenWorld) {
  const { session } = await here.sessions.create({ userId: "ann", amr: ["pwd"] });
  return { session, at: seconds(here) };
}

/** Issues tokens, and exchanges the refresh token whenever asked. */
async function client(here: TokenWorld, session: Awaited<ReturnType<typeof signedIn>>["session"]) {
  const made = await session.issueTokens({ client: "mobile" });
  let refreshToken = made.refreshToken ?? "";
  const exchange = async () => {
    const answer = await refresh(here, refreshToken);
    refreshToken = successorIn(answer);
    return { access: String(answer.body.access_token), expiresIn: answer.body.expires_in };
  };
  return { issued: made.accessToken, exchange };
}

/** A store whose families were begun before they told of a proof. */
function before(store: SessionStore): SessionStore {
  const update: SessionStore["update"] = (id, change, now) => {
    const set = Object.entries(change.set ?? {}).map(([key, text]) => {
      if (!key.startsWith("~refresh.")) return [key, text];
      const { authenticatedAt: _, proof: __, ...family } = JSON.parse(text);
      return [key, JSON.stringify(family)];
    });
    return store.update(id, { ...change, set: Object.fromEntries(set) }, now);
  };
  return { ...store, update };
}

describe("A refresh token says what was proven when it was begun (RFC 9068, section 2.2.1)", () => {
  it("and nothing of a proof that came after, which another issue tells of", async () => {
    const here = tokenWorld();
    const { session, at } = await signedIn(here);
    const old = await client(here, session);
    const first = { auth_time: at, acr: undefined, amr: ["pwd"] };
    expect(proofIn(old.issued)).toEqual(first);
    here.runtime.advance("1h");
    await session.reauthenticate({ amr: ["otp"], acr: "aal2" });
    expect(proofIn((await old.exchange()).access)).toEqual(first);
    const raised = await client(here, session);
    const second = { auth_time: seconds(here), acr: "aal2", amr: ["pwd", "otp"] };
    expect(proofIn(raised.issued)).toEqual(second);
    here.runtime.advance("1h");
    expect([proofIn((await raised.exchange()).access), proofIn((await old.exchange()).access)]).toEqual([
      second,
      first,
    ]);
  });

  it("nothing of a step-up that came after, and its access tokens are not cut short by the end of that", async () => {
    const here = tokenWorld();
    const { session, at } = await signedIn(here);
    const old = await client(here, session);
    here.runtime.advance("1h");
    await session.reauthenticate({ amr: ["otp"], acr: "aal2", expiresIn: "1m" });
    const { access, expiresIn } = await old.exchange();
    expect([proofIn(access), expiresIn]).toEqual([{ auth_time: at, acr: undefined, amr: ["pwd"] }, 300]);
  });

  it("a step-up until its end, and from then on what the session fell back to", async () => {
    const here = tokenWorld();
    const { session } = await signedIn(here);
    here.runtime.advance("1h");
    await session.reauthenticate({ amr: ["otp"], acr: "aal2", expiresIn: "15m" });
    const at = seconds(here);
    const raised = await client(here, session);
    const during = { auth_time: at, acr: "aal2", amr: ["pwd", "otp"] };
    expect(proofIn(raised.issued)).toEqual(during);
    here.runtime.advance("14m");
    const last = await raised.exchange();
    expect([proofIn(last.access), last.expiresIn]).toEqual([during, 60]);
    here.runtime.advance("1m");
    const after = await raised.exchange();
    expect([proofIn(after.access), after.expiresIn]).toEqual([{ auth_time: at, acr: undefined, amr: ["pwd"] }, 300]);
    expect([session.acr, session.amr, Math.floor((session.authenticatedAt ?? 0) / 1_000)]).toEqual([null, ["pwd"], at]);
  });

  it("a step-up until its end, though the session was raised anew meanwhile", async () => {
    const here = tokenWorld();
    const { session } = await signedIn(here);
    await session.reauthenticate({ amr: ["otp"], acr: "aal2", expiresIn: "15m" });
    const raised = await client(here, session);
    here.runtime.advance("10m");
    await session.reauthenticate({ amr: ["hwk"], acr: "aal3", expiresIn: "15m" });
    here.runtime.advance("6m");
    expect(proofIn((await raised.exchange()).access)).toMatchObject({ acr: undefined, amr: ["pwd"] });
  });

  it("nothing, where it was begun before that was kept", async () => {
    const here = tokenWorld({}, { store: before(memoryStore()) });
    const { session } = await signedIn(here);
    const old = await client(here, session);
    await session.reauthenticate({ amr: ["otp"], acr: "aal2" });
    for (let time = 0; time < 2; time++)
      expect(proofIn((await old.exchange()).access)).toEqual({ auth_time: undefined, acr: undefined, amr: undefined });
  });

  it("and is good as long as its session, whose step-up makes no difference to that", async () => {
    const here = tokenWorld();
    const { session } = await signedIn(here);
    const old = await client(here, session);
    await session.reauthenticate({ amr: ["otp"], acr: "aal2", expiresIn: "15m" });
    const claims = claimsOf((await old.exchange()).access);
    expect(await here.sessions.tokens.isLive(String(claims.sid), claims as never)).toBe(true);
  });
});
