// @vitest-environment happy-dom
// biome-ignore-all lint/correctness/noComponentHookFactories: a component that hands what its hooks give to its test
import { createMongoAbility } from "@casl/ability";
import { act, cleanup, render } from "@testing-library/react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Ability, Policy } from "../../src/ability/ability.ts";
import { casl } from "../../src/ability/casl.ts";
import type { Rule } from "../../src/ability/rule-policy.ts";
import { subject } from "../../src/ability/subject.ts";
import { ability } from "../../src/extensions/ability/index.ts";
import { createSessions, memoryStore } from "../../src/index.ts";
import { abilityHooks, useAbility } from "../../src/react/ability.ts";
import { SessionProvider } from "../../src/react/index.ts";

const requests: unknown[] = [];
let paths = 0;
let basePath = "";
beforeEach(() => {
  requests.length = 0;
  basePath = `/api/session-${++paths}`; // a tab of its own for each test
  vi.stubGlobal("fetch", async (address: unknown) => {
    requests.push(address);
    return Response.json(null);
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const view: Rule = { action: "view", subject: "Lesson" };
const edit: Rule = { action: "edit", subject: "Lesson", conditions: { authorId: "u1" } };

/** A session as the server would show it. */
const session = (ability: unknown, version = 1) => ({
  ...{ id: "s1", userId: "u1", authenticatedAt: 1, idleExpiresAt: 9e15, expiresAt: 9e15, version },
  ability,
});

/** What a hook gave in each render of a component. */
function watch(hook: () => Ability<Policy> | null | undefined) {
  const seen: (Ability<Policy> | null | undefined)[] = [];
  const Watcher = () => {
    seen.push(hook());
    return null;
  };
  const page = (seed: object | null | undefined, count = 1) => (
    <SessionProvider session={seed as never} basePath={basePath}>
      {Array.from({ length: count }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <Watcher key={i} />
      ))}
    </SessionProvider>
  );
  return { seen, page };
}

const anyAbility = useAbility as () => Ability<Policy> | null | undefined;

it("answers by the rules that the server showed, from the first render on, and makes no request", () => {
  const { seen, page } = watch(anyAbility);
  render(page(session({ rules: [view, edit], version: null })));
  const [able] = seen;
  expect(able?.can("view", "Lesson")).toBe(true);
  expect(able?.can("edit", { __typename: "Lesson", authorId: "u1" })).toBe(true);
  expect(able?.can("edit", { __typename: "Lesson", authorId: "u2" })).toBe(false);
  expect(able?.for("Lesson").cannot("delete")).toBe(true);
  expect(requests).toEqual([]);
});

it("is part of the page that the server renders", () => {
  const Page = () => <p>{useAbility()?.can("view", "Lesson") ? "you may" : "you may not"}</p>;
  const page = (seed: object | null) => (
    <SessionProvider session={seed as never} basePath={basePath}>
      <Page />
    </SessionProvider>
  );
  expect(renderToString(page(session({ rules: [view], version: 1 })))).toContain("you may<");
  expect(renderToString(page(session({ rules: [], version: 1 })))).toContain("you may not");
});

it("is one object for all components, and the same as long as the rules and their version are", async () => {
  const { seen, page } = watch(anyAbility);
  const { rerender } = render(page(session({ rules: [view], version: 1 }), 50));
  expect(new Set(seen).size).toBe(1);
  await act(async () => rerender(page(session({ rules: [{ ...view }], version: 1 }, 2), 50)));
  expect(new Set(seen).size).toBe(1);
  await act(async () => rerender(page(session({ rules: [view], version: 2 }, 3), 50)));
  expect(new Set(seen).size).toBe(2);
  await act(async () => rerender(page(session({ rules: [], version: 2 }, 4), 50)));
  expect(new Set(seen).size).toBe(3);
  expect(seen.at(-1)?.can("view", "Lesson")).toBe(false);
});

it("is another user's at once when another user signs in, though the version is the same", async () => {
  const { seen, page } = watch(anyAbility);
  const { rerender } = render(page(session({ rules: [view], version: 1 })));
  await act(async () =>
    rerender(page({ ...session({ rules: [], version: 1 }), id: "s2", userId: "u2", authenticatedAt: 2 })),
  );
  expect(seen.at(-1)?.can("view", "Lesson")).toBe(false);
});

it.each([
  ["nobody is signed in", null, null],
  ["nothing is known yet", undefined, undefined],
  ["the server showed no rules", session(undefined), undefined],
  ["the server showed something else", session({ rules: "all" }), undefined],
])("is none where %s, and never a yes", (_, seed, expected) => {
  const { seen, page } = watch(anyAbility);
  render(page(seed));
  expect(seen[0]).toBe(expected);
});

it("answers as the session on the server does, by what that session shows", async () => {
  const extend = { ability: ability({ rules: ({ userId }) => [{ ...edit, conditions: { authorId: userId ?? "" } }] }) };
  const { session: onServer } = await createSessions({ store: memoryStore(), extend }).create({ userId: "u1" });
  const { seen, page } = watch(anyAbility);
  render(page(JSON.parse(JSON.stringify(await onServer.toClient()))));
  for (const authorId of ["u1", "u2"]) {
    const lesson = subject("Lesson", { authorId });
    expect(seen[0]?.can("edit", lesson)).toBe((await onServer.ability).can("edit", lesson));
    expect(seen[0]?.can("edit", lesson)).toBe(authorId === "u1");
  }
});

it("has the policy of the configuration: CASL", () => {
  const hooks = abilityHooks(casl(createMongoAbility) as never);
  const { seen, page } = watch(hooks.useAbility as typeof anyAbility);
  render(page(session({ rules: [{ action: "view", subject: "Lesson", conditions: { level: { $lte: 3 } } }] })));
  expect(seen[0]?.can("view", { __typename: "Lesson", level: 2 })).toBe(true);
  expect(seen[0]?.can("view", { __typename: "Lesson", level: 4 })).toBe(false);
});
