import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { EngineSession } from "../../src/adapters/next/pages-engine-session.ts";
import { createSessions, memoryStore, type SessionStore } from "../../src/index.ts";
import { range } from "./browser.ts";

/** The store as two processes see it: every call takes its time, so that their calls interleave. */
function slowly(store: SessionStore): SessionStore {
  return {
    ...store,
    find: (ids, now) => pause(1).then(() => store.find(ids, now)),
    update: (id, change, now) => pause(1).then(() => store.update(id, change, now)),
  };
}

function twoProcesses() {
  const store = slowly(memoryStore());
  return [createSessions({ store }), createSessions({ store })] as const;
}

function openIn(sessions: ReturnType<typeof createSessions>, token: string): EngineSession {
  const transport = {
    presented: [token],
    permit: () => {},
    deliver: () => {},
    defer: () => {},
    header: () => null,
  };
  return new EngineSession(sessions, transport, sessions.visit(transport));
}

test("R-C6 changes by a function lose nothing across processes, of a key that is there or not yet", async () => {
  const processes = twoProcesses();
  const { token } = await processes[0].create();
  await Promise.all(
    range(40).map((n) =>
      openIn(processes[n % 2]!, token).set(({ cart = [], n: count = 0 }: { cart?: number[]; n?: number }) => ({
        cart: [...cart, n],
        n: count + 1,
      })),
    ),
  );
  const { cart, n } = (await openIn(processes[0], token).data()) as { cart: number[]; n: number };
  expect([cart.toSorted((a, b) => a - b), n]).toEqual([range(40), 40]);
});

test("R-C9, R-C14 a CSRF token and a plucked value are good once across processes", async () => {
  const processes = twoProcesses();
  const { token } = await processes[0].create();
  const csrfToken = await openIn(processes[0], token).issueCSRFToken(undefined);
  await openIn(processes[0], token).set({ flash: "saved" });
  const taken = await Promise.all(
    range(10).map((n) => openIn(processes[n % 2]!, token).takeCSRFToken(csrfToken, undefined)),
  );
  const plucked = await Promise.all(range(10).map((n) => openIn(processes[n % 2]!, token).pluck("flash")));
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect(plucked.filter((value) => value === "saved")).toHaveLength(1);
});

test("R-C8 of two processes that switch users at once one wins, and its session is whole", async () => {
  const processes = twoProcesses();
  const { token } = await processes[0].create();
  const switches = range(6).map(async (n) => {
    const session = openIn(processes[n % 2]!, token);
    await session.replace({ user: n });
    return session.data();
  });
  const outcomes = await Promise.allSettled(switches);
  const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
  const lost = outcomes.filter((outcome) => outcome.status === "rejected");
  expect(won).toHaveLength(1);
  expect(lost.map(({ reason }) => reason.code)).toEqual(range(5).map(() => "SESSION_REPLACED"));
});
