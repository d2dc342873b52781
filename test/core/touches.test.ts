import { describe, expect, it } from "vitest";
import { createGuard } from "../../src/core/guard.ts";
import { newRecord } from "../../src/core/lifecycle.ts";
import { createTouches } from "../../src/core/touches.ts";
import { memoryStore, type SessionRecord } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";

const minute = 60_000;
const span = { idle: 10 * minute, absolute: 24 * 60 * minute };

function scene() {
  const runtime = fakeRuntime();
  const store = memoryStore();
  const guard = createGuard(store, { timeLimit: 1_000, pendingLimit: 100 }, runtime, () => undefined);
  const session = { id: `${"A".repeat(21)}A`, digest: "d", userId: "ann", data: {}, persistent: true, device: null };
  const record = newRecord(session, span, runtime.now());
  store.create(record);
  const stored = () => store.find([record.id], runtime.now())[0] as SessionRecord;
  return { runtime, touches: createTouches(store, guard, runtime), record, stored };
}

describe("A touch that comes long after its read", () => {
  it("leaves the session its whole idle timeout, though other requests have touched it meanwhile", async () => {
    const { runtime, touches, record, stored } = scene();
    for (let time = 0; time < 10; time++) {
      runtime.advance("2m");
      await touches.touch(stored());
    }
    runtime.advance("2m");
    await touches.touch(record); // a response that was streamed for twenty minutes ends
    expect(stored()).toMatchObject({ lastSeenAt: runtime.now(), idleExpiresAt: runtime.now() + span.idle });
  });

  it("is not due where another request's was a moment ago", async () => {
    const { runtime, touches, record, stored } = scene();
    runtime.advance("5m");
    await touches.touch(stored());
    expect(touches.isDue(record)).toBe(false);
  });
});
