import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { Copies, type Reading } from "../../src/stores/cached/copies.ts";
import type { CachedOptions } from "../../src/stores/cached.ts";
import { type FakeRuntime, pausingStore } from "../../src/testing/index.ts";
import { type LocalBus, localBus } from "../support/local-bus.ts";
import { machine } from "../support/machine.ts";
import { type World, world } from "../support/world.ts";

const ttl = 5_000;
type MakeCopies = (runtime: () => FakeRuntime) => Copies;
const right: MakeCopies = () => new Copies(ttl, 1e6);

/** A machine whose cache keeps its copies in this way. */
function machineWith(store: SessionStore, bus: LocalBus | undefined, make: MakeCopies): World {
  const options: Partial<CachedOptions> = { ttl, ...(bus && { bus }) };
  const here: World = world({
    store: machine(
      store,
      options,
      make(() => here.runtime),
    ),
  });
  return here;
}

/** Ends the session of the user; each is acknowledged when it resolves. */
const ends: Record<string, (there: World, token: string) => Promise<unknown>> = {
  "revoke by id": ({ sessions }, token) => sessions.revoke(token.slice(4, 26)),
  revokeUser: ({ sessions }) => sessions.revokeUser("u1"),
  "sign-out": async ({ sessions }, token) => (await sessions.validate(token))?.signOut(),
  "sign-in as another user": async ({ sessions }, token) => (await sessions.validate(token))?.signIn("u2"),
};

/** Both machines have the session in their caches, and one ends it: no answer of the other is older than the bound. */
async function endsWithinTheBound(end: (typeof ends)[string], make: MakeCopies) {
  const memory = memoryStore();
  const store = pausingStore(memory);
  const [here, there] = [machineWith(store, undefined, make), machineWith(memory, undefined, right)];
  const { token } = await there.sessions.create({ userId: "u1" });
  // The read is answered a second after it was sent, and after the end.
  store.hold("find", { at: "answer" });
  const reading = here.sessions.validate(token);
  await store.untilHeld("find");
  await end(there, token);
  here.runtime.advance("1s");
  store.release();
  await reading;
  here.runtime.advance(ttl - 1_000);
  expect(await here.sessions.validate(token)).toBeNull();
}

/** With a bus the end is seen at once. */
async function endsAtOnce(end: (typeof ends)[string], make: MakeCopies) {
  const [store, bus] = [memoryStore(), localBus()];
  const [here, there] = [machineWith(store, bus, make), machineWith(store, bus, right)];
  const { token } = await here.sessions.create({ userId: "u1" });
  for (const { sessions } of [here, there, here, there]) expect(await sessions.validate(token)).not.toBeNull();
  await end(there, token);
  expect(await here.sessions.validate(token)).toBeNull();
}

/** A read is under way while the message arrives. */
async function overtakenReadIsNotKept(end: (typeof ends)[string], make: MakeCopies) {
  const [memory, bus] = [memoryStore(), localBus()];
  const store = pausingStore(memory);
  const [here, there] = [machineWith(store, bus, make), machineWith(memory, bus, right)];
  const { token } = await there.sessions.create({ userId: "u1" });
  await here.sessions.validate("ccs_AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  store.hold("find", { at: "answer" });
  const reading = here.sessions.validate(token);
  await store.untilHeld("find");
  await end(there, token);
  store.release();
  await reading;
  expect(await here.sessions.validate(token)).toBeNull();
}

/** The message is lost, and the bus says so afterwards. */
async function gapIsMadeGood(end: (typeof ends)[string], make: MakeCopies) {
  const [store, bus] = [memoryStore(), localBus()];
  const [here, there] = [machineWith(store, bus, make), machineWith(store, bus, right)];
  const { token } = await here.sessions.create({ userId: "u1" });
  for (const { sessions } of [here, there, here, there]) await sessions.validate(token);
  bus.goDown();
  await end(there, token);
  bus.comeBack();
  expect(await here.sessions.validate(token)).toBeNull();
}

class CountsFromTheAnswer extends Copies {
  readonly #clock: () => FakeRuntime;
  constructor(clock: () => FakeRuntime) {
    super(ttl, 1e6);
    this.#clock = clock;
  }
  override endRead(reading: Reading, found: Parameters<Copies["endRead"]>[1]): void {
    super.endRead({ ...reading, readAt: this.#clock().now() }, found);
  }
}

class KeepsWhatWasOvertaken extends Copies {
  override endRead({ ids, readAt }: Reading, found: Parameters<Copies["endRead"]>[1]): void {
    super.endRead(super.beginRead(ids, readAt), found);
  }
}

class IgnoresMessages extends Copies {
  override drop(): void {}
}

class IgnoresGaps extends Copies {
  override clear(): void {}
}

const programs = {
  "within ttl, counted from the sending of the read, when there is no bus": {
    run: endsWithinTheBound,
    broken: { "counts from the answer": (runtime: () => FakeRuntime) => new CountsFromTheAnswer(runtime) },
  },
  "at once, when the message arrives": {
    run: endsAtOnce,
    broken: { "ignores messages": () => new IgnoresMessages(ttl, 1e6) },
  },
  "by a read that the message overtakes": {
    run: overtakenReadIsNotKept,
    broken: { "keeps what was overtaken": () => new KeepsWhatWasOvertaken(ttl, 1e6) },
  },
  "when the bus reports a gap": { run: gapIsMadeGood, broken: { "ignores gaps": () => new IgnoresGaps(ttl, 1e6) } },
};

describe("G11 with a cache, an ended session is noticed on other machines", () => {
  for (const [title, { run, broken }] of Object.entries(programs)) {
    for (const [name, end] of Object.entries(ends)) it(`${title}: ${name}`, () => run(end, right));
    for (const [fault, make] of Object.entries(broken)) {
      it(`negative control: ${title}, not by a cache that ${fault}`, async () => {
        await expect(run(ends["revoke by id"] as (typeof ends)[string], make)).rejects.toThrow(/null/);
      });
    }
  }
});
