import { describe, expect, it } from "vitest";
import { answerCallback } from "../../src/connections/callback.ts";
import { createFlows, type FlowsOfSession } from "../../src/connections/flows.ts";
import { resolveConnections } from "../../src/connections/options.ts";
import type { PendingFlow } from "../../src/connections/pending-flows.ts";
import { createSeal } from "../../src/connections/seal.ts";
import { memoryStore, type SessionStore } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/index.ts";
import { machine } from "../support/machine.ts";
import { callbackOf, openShop, origin, secrets, type Visitor } from "./shop.ts";
import { taggedProvider } from "./tagged-provider.ts";

const asked = { provider: "corp", purpose: "sign-in", userId: null, returnTo: "/" } as const;

/** A session that holds flows; its changes are atomic, or are written back as they were read. */
function sessionOf(isAtomic: boolean): FlowsOfSession & { readonly flows: readonly PendingFlow[] | undefined } {
  let flows: readonly PendingFlow[] | undefined;
  return {
    get flows() {
      return flows;
    },
    async update(change) {
      const read = flows;
      if (!isAtomic) await Promise.resolve();
      flows = change(isAtomic ? flows : read);
    },
  };
}

/** How many of two callbacks at once get the flow. */
async function takenBy(isAtomic: boolean): Promise<number> {
  const flows = createFlows(createSeal(secrets), fakeRuntime());
  const session = sessionOf(isAtomic);
  let state = "";
  await flows.begin(session, asked, async (made) => {
    state = made.state;
    return "https://corp.example/";
  });
  const taken = await Promise.all([flows.take(session, state), flows.take(session, state)]);
  return taken.filter((one) => one !== null).length;
}

describe("O7 an authorization request", () => {
  it("is taken once by two at once", async () => {
    expect(await takenBy(true)).toBe(1);
  });

  it("control: is taken twice where the session's changes are not atomic", async () => {
    expect(await takenBy(false)).toBe(2);
  });

  it("that cannot be begun leaves no trace", async () => {
    const session = sessionOf(true);
    const flows = createFlows(createSeal(secrets), fakeRuntime());
    const begin = flows.begin(session, asked, () => Promise.reject(new Error("the provider is down")));
    await expect(begin).rejects.toThrow("down");
    expect(session.flows).toBeUndefined();
  });

  it("outlives a change of the secrets, and not the secret that it was made with", async () => {
    const runtime = fakeRuntime();
    const session = sessionOf(true);
    let made = { state: "", nonce: "", verifier: "" };
    await createFlows(createSeal(secrets), runtime).begin(session, asked, async (bound) => {
      made = bound;
      return "https://corp.example/";
    });
    const [flow] = session.flows ?? [];
    const fresh = "a newer secret of the shop's, long enough";
    expect((await createFlows(createSeal([fresh, ...secrets]), runtime).take(session, made.state))?.secrets).toEqual(
      made,
    );
    await session.update(() => (flow ? [flow] : []));
    expect(await createFlows(createSeal([fresh]), runtime).take(session, made.state)).toBeNull();
  });
});

describe("O7 a callback that finds a request to link", () => {
  /** Where somebody is sent who comes back while a user has asked, should the request have survived a change of users. */
  async function comesBack(userId: string | null): Promise<string | null> {
    const runtime = fakeRuntime();
    const flows = createFlows(createSeal(secrets), runtime);
    const session = sessionOf(true);
    let state = "";
    await flows.begin(session, { ...asked, purpose: "link", userId: "anna", returnTo: "/settings" }, async (made) => {
      state = made.state;
      return "https://corp.example/";
    });
    const policy = resolveConnections({ store: memoryStore(), secrets, origin, runtime, providers: {} });
    const clientOf = () => expect.fail("the provider is not to be asked");
    const context = { policy, flows, clientOf, links: {} as never, tokens: {} as never };
    const response = await answerCallback(context, {
      ...{ provider: "corp", redirectUri: "", flows: session, report: () => undefined },
      request: new Request(`https://shop.example/api/session/callback.corp?code=a&state=${state}`),
      session: { userId, signIn: async () => undefined, touch: async () => undefined },
    }).catch(() => null);
    return response?.headers.get("location") ?? null;
  }

  it("goes on for the user who asked, and for nobody else", async () => {
    const refused = "/settings?connection_error=expired&provider=corp";
    expect(await comesBack("bob")).toBe(refused);
    expect(await comesBack(null)).toBe(refused);
    expect(await comesBack("anna")).not.toBe(refused);
  });
});

describe("O7 a callback to a machine that has a copy of the session", () => {
  /** Somebody who has signed in, and two machines with a cache each that hear nothing of each other. */
  async function scene() {
    const { provider, fetch } = taggedProvider();
    const runtime = fakeRuntime();
    const calls: string[] = [];
    const memory = memoryStore();
    const store: SessionStore = { ...memory };
    for (const call of ["find", "create", "update"] as const)
      store[call] = ((...given: never[]) => {
        calls.push(call);
        return (memory[call] as (...given: never[]) => unknown)(...given);
      }) as never;
    const [here, there] = [1, 2].map(() =>
      openShop({ tagged: provider }, { store: machine(store), runtime, fetch }).visitor(),
    ) as [Visitor, Visitor];
    const go = async (browser: Visitor, action: "sign-in-with" | "link-account") => {
      const state = new URL(await browser.begin(action, "tagged")).searchParams.get("state");
      return `${callbackOf("tagged")}?code=anna&state=${state}`;
    };
    await here.comeBack(await go(here, "sign-in-with"));
    for (const [name, value] of here.cookies) there.cookies.set(name, value);
    await there.request(""); // from now on it has a copy
    const callsOf = async (browser: Visitor, address: string) => {
      calls.length = 0;
      return [await browser.comeBack(address), calls] as const;
    };
    return { here, there, go, callsOf, stranger: () => openShop({ tagged: provider }, { store, runtime }).visitor() };
  }

  it("finds the request that was begun at another machine since", async () => {
    const { here, there, go } = await scene();
    const back = await go(here, "link-account");
    expect(await there.comeBack(back)).toBe("303 /after");
    expect(await there.comeBack(back)).toContain("connection_error=expired");
  });

  it("writes nothing for a request that nobody has made, and asks nothing where there is no session", async () => {
    const { there, callsOf, stranger } = await scene();
    const expired = "303 /sign-in?connection_error=expired&provider=tagged";
    const made = `${callbackOf("tagged")}?code=a&state=${"A".repeat(43)}`;
    expect(await callsOf(there, made)).toEqual([expired, ["find"]]);
    expect(await callsOf(there, `${callbackOf("tagged")}?code=a&state=short`)).toEqual([expired, []]);
    expect(await callsOf(stranger(), made)).toEqual([expired, []]);
  });
});
