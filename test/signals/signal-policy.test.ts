import { describe, expect, it } from "vitest";
import { createSessions, memoryStore, type SessionsOptions } from "../../src/index.ts";
import { localBus } from "../support/local-bus.ts";

const create = (options: object) => () =>
  createSessions({ store: memoryStore(), ...options } as SessionsOptions<Record<string, never>, null, object>);

describe("the options of session.signal", () => {
  it.each([[{}], [{ bus: undefined }], [{ bus: localBus(), signalCheck: "5m" }], [{ signalCheck: 1_000 }]])(
    "%j are right",
    (options) => {
      expect(create(options)).not.toThrow();
    },
  );

  it.each([
    [{ bus: {} }, "bus has no publish and no subscribe"],
    [{ bus: { publish() {} } }, "bus has no subscribe"],
    [{ signalCheck: "soon" }, "signalCheck is not a duration"],
    [{ signalCheck: 999 }, "signalCheck is not a duration"],
    [{ signalCheck: "17d" }, "signalCheck is longer than 16 days"],
  ])("%j are refused", (options, problem) => {
    expect(create(options)).toThrow(problem);
  });
});
