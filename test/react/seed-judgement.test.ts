import { describe, expect, it } from "vitest";
import { judgeSeed } from "../../src/react/seed-judgement.ts";
import type { Fields } from "../../src/react/session-state.ts";

const session = (id: string, version: number, authenticatedAt = 1, idleExpiresAt = 100) => ({
  id,
  version,
  authenticatedAt,
  idleExpiresAt,
});
const [fresh, mounting] = [true, false];
const a1 = session("a", 1);
const a2 = session("a", 2);
const b1 = session("b", 1, 2);

describe("A session that came with a render", () => {
  it.each([
    ["is shown when nothing is known", a1, undefined, null, mounting, "show"],
    ["is shown when nothing is known, also when it is nobody", null, undefined, null, mounting, "show"],
    ["is shown when its version is newer", a2, a1, a1, fresh, "show"],
    ["is shown when its version is newer, also by a provider that mounts", a2, a1, a1, mounting, "show"],
    ["is left when its version is older", a1, a2, a2, fresh, "leave"],
    ["is shown when only its other fields may differ", { ...a1, name: "new" }, a1, a1, fresh, "show"],
    ["is left when its idle deadline is older", a1, session("a", 1, 1, 200), null, fresh, "leave"],
    ["is shown when its idle deadline is later", session("a", 1, 1, 200), a1, a1, fresh, "show"],
    ["is shown when somebody signed in later", b1, a1, a1, fresh, "show"],
    ["is doubted when it was signed in to earlier", a2, b1, b1, fresh, "ask"],
    ["is shown when a fresh render says that nobody is signed in", null, a1, a1, fresh, "show"],
    ["is doubted when a kept render says that nobody is signed in", null, a1, a1, mounting, "ask"],
    ["is left when it says what is known, that nobody is signed in", null, null, a1, fresh, "leave"],
    ["is doubted when it shows the session that has just ended", a1, null, a1, fresh, "ask"],
    ["is left when it shows an older state of the session that has just ended", a1, null, a2, fresh, "leave"],
    ["is shown when somebody signs in after a sign-out", b1, null, a1, fresh, "show"],
    ["is shown when somebody signs in for the first time", a1, null, null, fresh, "show"],
    ["is doubted when a kept render shows a session where nobody is signed in", a1, null, null, mounting, "ask"],
    ["is shown as it arrives when the view has no id", { name: "new" }, { name: "old" }, null, mounting, "show"],
    ["is shown as it arrives when the view has no version", { id: "a", name: "new" }, { id: "a" }, null, fresh, "show"],
  ] as const)("%s", (_, seed, known, last, isNew, verdict) => {
    expect(judgeSeed(seed as Fields, known as Fields, last ?? (known as Fields) ?? null, isNew)).toBe(
      { show: true, leave: false, ask: null }[verdict],
    );
  });
});
