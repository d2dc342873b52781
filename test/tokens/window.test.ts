import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore, SessionStoreError } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { issued, refresh, secrets, successorIn, type TokenWorld, tokenWorld } from "./scene.ts";

const next = "the secret that comes next, thirty-two bytes and more";

/** A store of whose changes some are made, and not confirmed. */
function losing(store: SessionStore = memoryStore()) {
  const lost = { answers: 0 };
  const update: SessionStore["update"] = async (id, change, now) => {
    const answer = await store.update(id, change, now);
    if (lost.answers-- > 0) throw new Error("the answer was lost");
    return answer;
  };
  return { lost, store: { ...store, update } };
}

/** Waits for an answer while time goes on. */
async function inTime<T>({ runtime }: TokenWorld, asked: Promise<T>): Promise<T> {
  let isHere = false;
  const done = () => {
    isHere = true;
  };
  asked.then(done, done);
  while (!isHere) {
    await runtime.settle();
    runtime.advance(5);
    await new Promise((resolve) => setImmediate(resolve)); // a body is read meanwhile
  }
  return asked;
}

describe("R3 the window", () => {
  it("gives many who ask at once one successor, by one write", async () => {
    const here = tokenWorld();
    const { refreshToken, token } = await issued(here);
    here.store.reset();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(here, refreshToken)));
    expect(new Set(answers.map(successorIn)).size).toBe(1);
    expect(await here.sessions.validate(token)).not.toBeNull();
    expect(here.events.filter(({ type }) => type === "refresh-token-reused")).toEqual([]);
  });

  it("R9 stays open for each generation anew, and forks at no time", async () => {
    const here = tokenWorld();
    let { refreshToken } = await issued(here);
    const all = new Set([refreshToken]);
    for (let turn = 0; turn < 20; turn++) {
      const [one, other] = await Promise.all([refresh(here, refreshToken), refresh(here, refreshToken)]);
      expect(successorIn(one)).toBe(successorIn(other));
      refreshToken = successorIn(one);
      all.add(refreshToken);
    }
    expect(all.size).toBe(21);
  });

  it("is no window for a token of two generations before", async () => {
    const here = tokenWorld();
    const { refreshToken, token } = await issued(here);
    successorIn(await refresh(here, successorIn(await refresh(here, refreshToken))));
    expect((await refresh(here, refreshToken)).status).toBe(400);
    expect(await here.sessions.validate(token)).toBeNull();
  });

  it("can be shut: then whoever asks twice is signed out", async () => {
    const here = tokenWorld({ reuseWindow: 0 });
    const { refreshToken, token } = await issued(here);
    successorIn(await refresh(here, refreshToken));
    here.runtime.advance(1);
    expect((await refresh(here, refreshToken)).status).toBe(400);
    expect(await here.sessions.validate(token)).toBeNull();
  });

  it("is as shut by a clock that is behind the one of the rotation", async () => {
    const store = memoryStore();
    const here = tokenWorld({ reuseWindow: 0 }, { store });
    const { refreshToken, token } = await issued(here);
    const runtime = fakeRuntime({ now: here.runtime.now() - 300 });
    const there = tokenWorld({ reuseWindow: 0 }, { store, runtime });
    successorIn(await refresh(here, refreshToken));
    expect((await refresh(there, refreshToken)).status).toBe(400);
    expect(await here.sessions.validate(token)).toBeNull();
  });

  it("gives the same where the secrets were changed meanwhile", async () => {
    const store = memoryStore();
    const before = tokenWorld({}, { store, secrets: [...secrets, next] });
    const after = tokenWorld({}, { store, secrets: [next, ...secrets] });
    const { refreshToken } = await issued(before);
    const first = successorIn(await refresh(before, refreshToken));
    expect(successorIn(await refresh(after, refreshToken))).toBe(first);
    const second = successorIn(await refresh(after, first));
    expect(successorIn(await refresh(before, first))).toBe(second);
  });

  it("depends on the secrets: others derive another successor, and know no token of these", async () => {
    const store = memoryStore();
    const here = tokenWorld({}, { store });
    const other = tokenWorld({}, { store, secrets: [next] });
    const { refreshToken } = await issued(here);
    expect((await refresh(other, refreshToken)).status).toBe(400);
    expect(other.events).toContainEqual(expect.objectContaining({ reason: "forged" }));
    successorIn(await refresh(here, refreshToken));
  });
});

describe("G8 an answer of the store that is lost", () => {
  it("once, is nobody's sign-out, whatever the window: the same write is known again", async () => {
    const { lost, store } = losing();
    const here = tokenWorld({ reuseWindow: 0 }, { store });
    const { refreshToken } = await issued(here);
    lost.answers = 1;
    const first = successorIn(await inTime(here, refresh(here, refreshToken)));
    successorIn(await refresh(here, first));
  });

  it("twice, is a 503, and asking again within the window gives the successor", async () => {
    const { lost, store } = losing();
    const here = tokenWorld({}, { store });
    const { refreshToken } = await issued(here);
    lost.answers = 2;
    const answer = await inTime(here, refresh(here, refreshToken));
    expect([answer.status, answer.body]).toEqual([503, { error: "temporarily_unavailable" }]);
    successorIn(await refresh(here, successorIn(await refresh(here, refreshToken))));
  });

  it("while tokens are issued, makes no second family", async () => {
    const { lost, store } = losing();
    const here = tokenWorld({}, { store });
    const { session } = await here.sessions.create({ userId: "ann" });
    lost.answers = 1;
    const made = await inTime(here, session.issueTokens({ client: "mobile" }));
    const [record] = await store.find([session.id ?? ""], here.runtime.now());
    expect(Object.keys((record as { data: object }).data)).toHaveLength(2);
    successorIn(await refresh(here, made.refreshToken ?? ""));
  });

  it("leaves an outage an outage: nothing is refused, and nothing used up", async () => {
    const whole = memoryStore();
    let isDown = false;
    const find: SessionStore["find"] = (ids, now) => {
      if (isDown) throw new SessionStoreError("STORE_FULL", "down");
      return whole.find(ids, now);
    };
    const here = tokenWorld({}, { store: { ...whole, find } });
    const { refreshToken } = await issued(here);
    isDown = true;
    expect((await refresh(here, refreshToken)).status).toBe(503);
    isDown = false;
    successorIn(await refresh(here, refreshToken));
  });
});
