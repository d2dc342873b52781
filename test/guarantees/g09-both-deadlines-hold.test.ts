import { describe, expect, it } from "vitest";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { eventNames, twoVisits, world } from "../support/world.ts";

/** Nothing is ever swept here, and what is over is still handed out. */
function neverSweeps(): SessionStore {
  const { sweep: _sweep, ...store } = memoryStore();
  return store;
}

describe("G9 both deadlines hold on the server", () => {
  it("L1 D12 the idle deadline holds at equality, without a sweep", async () => {
    const here = world({ store: neverSweeps(), timeouts: { idle: "30m", absolute: "1d" } });
    const { token } = await here.sessions.create();
    here.runtime.advance(30 * 60_000 - 1);
    expect(await here.sessions.validate(token)).not.toBeNull();
    here.runtime.advance("1d");
    const other = await here.sessions.create();
    here.runtime.advance("30m");
    expect(await here.sessions.validate(other.token)).toBeNull();
    expect(eventNames(here)).toContain("expired:idle");
  });

  it("L2 the absolute deadline holds at equality, whatever the activity", async () => {
    const here = world({ store: neverSweeps(), timeouts: { idle: "1h", absolute: "3h" } });
    const { token } = await here.sessions.create();
    for (let minute = 0; minute < 179; minute++) {
      here.runtime.advance("1m");
      expect(await here.sessions.validate(token)).not.toBeNull();
      await here.runtime.settle();
    }
    here.runtime.advance("1m");
    expect(await here.sessions.validate(token)).toBeNull();
    expect(eventNames(here)).toContain("expired:absolute");
  });

  it("a session that runs out while a request works accepts no write of it", async () => {
    const here = world({ timeouts: { idle: "30m" } });
    const { token } = await here.sessions.create({ data: { a: 1 } });
    const [session] = await twoVisits(here, token);
    here.runtime.advance("30m");
    await expect(session.set({ a: 2 })).rejects.toMatchObject({ code: "SESSION_DESTROYED" });
    await expect(session.update("a", () => 2)).rejects.toMatchObject({ code: "SESSION_DESTROYED" });
    await expect(session.rotate()).rejects.toMatchObject({ code: "SESSION_DESTROYED" });
  });

  it("lists no session that is over", async () => {
    const here = world({ store: neverSweeps(), timeouts: { idle: "30m" } });
    await here.sessions.create({ userId: "u1" });
    here.runtime.advance("20m");
    const { session } = await here.sessions.create({ userId: "u1", device: { name: "Firefox" } });
    here.runtime.advance("10m");
    expect(await here.sessions.list("u1")).toEqual([
      expect.objectContaining({ id: session.id, device: { name: "Firefox" } }),
    ]);
  });
});
