import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/index.ts";
import { everyText, recording } from "../support/recording-store.ts";
import { world } from "../support/world.ts";

describe("G4 nothing usable at rest", () => {
  it("T2 T5 no stored text opens a session, alone or put together as a token", async () => {
    const { store, written } = recording(memoryStore());
    const here = world({ store });
    const issued = await Promise.all(
      Array.from({ length: 50 }, (_, index) => here.sessions.create({ userId: `u${index}` })),
    );
    const secrets = issued.flatMap(({ token }) => [token, token.split(".")[1] ?? ""]);
    const stored = everyText(written);
    for (const text of stored) {
      for (const secret of secrets) expect(text).not.toContain(secret);
      expect(await here.sessions.validate(text)).toBeNull();
    }
    for (const { id, digest } of written) expect(await here.sessions.validate(`ccs_${id}.${digest}`)).toBeNull();
  });

  it("keeps the SHA-256 of the secret", async () => {
    const { store, written } = recording(memoryStore());
    const { token } = await world({ store }).sessions.create();
    const secret = token.split(".")[1] ?? "";
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
    expect(written[0]?.digest).toBe(Buffer.from(digest).toString("base64url"));
  });
});
