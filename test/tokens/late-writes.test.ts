import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { refresh, successorIn, type TokenWorld, tokenWorld } from "./scene.ts";

/** A store one of whose changes of a family is sent, goes unanswered, and arrives whenever the test says so. */
function late() {
  const whole = memoryStore();
  let isNext = false;
  let arrive = () => expect.fail("nothing is under way") as ReturnType<SessionStore["update"]>;
  const update: SessionStore["update"] = (id, change, now) => {
    const isFamily = Object.keys(change.set ?? {}).some((key) => key.startsWith("~refresh."));
    if (!isNext || !isFamily) return whole.update(id, change, now);
    isNext = false;
    arrive = () => whole.update(id, change, now);
    return new Promise(() => undefined);
  };
  const holdNext = () => {
    isNext = true;
  };
  return { store: { ...whole, update }, holdNext, arrive: () => arrive() };
}

/** Waits for what is asked while time goes on, so that an attempt that is not answered is followed by another one. */
async function inTime<T>({ runtime }: TokenWorld, asked: Promise<T>): Promise<T> {
  let isHere = false;
  const done = () => {
    isHere = true;
  };
  asked.then(done, done);
  for (let turn = 0; !isHere && turn < 1_000; turn++) {
    await runtime.settle();
    runtime.advance(100);
    await new Promise((resolve) => setImmediate(resolve)); // a body is read, and a code is made, meanwhile
  }
  return isHere ? asked : expect.fail("no answer");
}

/** A session whose second refresh token was stored by the second attempt; the first one is still on its way. */
async function scene({ isFirst = false } = {}) {
  const { store, holdNext, arrive } = late();
  const here = tokenWorld({}, { store });
  const { session } = await here.sessions.create({ userId: "ann" });
  await session.issueTokens({ client: "mobile", refresh: !isFirst });
  holdNext();
  const made = await inTime(here, session.issueTokens({ client: "mobile" }));
  return { here, session, refreshToken: made.refreshToken ?? expect.fail(), holdNext, arrive };
}

describe("The first attempt to store a refresh token, which arrives late,", () => {
  it("brings none back that was revoked", async () => {
    const { here, session, refreshToken, arrive } = await scene();
    for (const { id } of await session.listTokens()) await session.revokeTokens(id);
    expect((await arrive()).outcome).toBe("updated");
    expect((await refresh(here, refreshToken)).body).toEqual({ error: "invalid_grant" });
  });

  it("brings none back that was exchanged: the old one is reuse still", async () => {
    const { here, session, refreshToken, arrive } = await scene();
    const next = successorIn(await refresh(here, refreshToken));
    here.runtime.advance("1m");
    expect((await arrive()).outcome).toBe("updated");
    successorIn(await refresh(here, next));
    here.runtime.advance("1m");
    expect((await refresh(here, refreshToken)).body).toEqual({ error: "invalid_grant" });
    expect(here.events).toContainEqual(
      expect.objectContaining({ type: "refresh-token-reused", sessionId: session.id }),
    );
  });

  it("does nothing where it would have begun the first family of the session", async () => {
    const { here, refreshToken, arrive } = await scene({ isFirst: true });
    expect((await arrive()).outcome).toBe("conflict");
    successorIn(await refresh(here, refreshToken));
  });

  it("leaves nothing where it was only its answer that did not come", async () => {
    for (const isFirst of [true, false]) {
      const whole = memoryStore();
      let isNext = false;
      const update: SessionStore["update"] = (id, change, now) => {
        const answer = whole.update(id, change, now);
        if (!isNext) return answer;
        isNext = false;
        return new Promise(() => undefined);
      };
      const here = tokenWorld({}, { store: { ...whole, update } });
      const { session } = await here.sessions.create({ userId: "ann" });
      await session.issueTokens({ client: "mobile", refresh: !isFirst });
      isNext = true;
      const { refreshToken } = await inTime(here, session.issueTokens({ client: "mobile" }));
      expect(await session.listTokens()).toHaveLength(isFirst ? 1 : 2);
      successorIn(await refresh(here, refreshToken ?? ""));
    }
  });
});

describe("The first attempt to exchange a refresh token, which arrives late,", () => {
  it("changes nothing: neither an exchange that came after, nor a revocation", async () => {
    for (const isRevoked of [true, false]) {
      const { here, session, refreshToken, holdNext, arrive } = await scene();
      holdNext();
      const second = successorIn(await inTime(here, refresh(here, refreshToken)));
      const third = successorIn(await refresh(here, second));
      if (isRevoked) for (const { id } of await session.listTokens()) await session.revokeTokens(id);
      expect((await arrive()).outcome).toBe("conflict");
      const answer = await refresh(here, third);
      if (isRevoked) expect(answer.body).toEqual({ error: "invalid_grant" });
      else successorIn(answer);
    }
  });
});
