import { afterAll, expect, it } from "vitest";
import type { SessionStore } from "../../../src/index.ts";
import { fakeRuntime } from "../../../src/testing/index.ts";
import { dist } from "../../races/library.mjs";
import { openModule, stores } from "../../races/stores.mjs";
import { describeWith } from "../../require-services.ts";
import { startProvider } from "../openid-provider.ts";
import { asProvider, callbackOf, openShop, origin, secrets } from "../shop.ts";
import { WorkerProcess } from "./worker-process.ts";

const accessTokenLife = 600;
const processes = 4;
const times = 50;

for (const place of ["sqlite", "postgres", "mysql", "redis"] as const) {
  await describeWith(`four processes on ${place}`, stores[place].isAvailable, async () => {
    const { makeTarget, openStore } = await openModule(place);
    const provider = await startProvider({ redirectUris: [callbackOf("corp")], accessTokenLife });

    /** A user whose access token has just expired, and processes that share the store with us. */
    async function scene({ broken, lease = "10s" }: { broken?: string; lease?: string } = {}) {
      const { target, remove } = await makeTarget();
      const { store, close } = (await openStore(dist, target)) as { store: SessionStore; close(): unknown };
      // It was linked so long ago that its token has just expired.
      const runtime = fakeRuntime({ now: Date.now() - (accessTokenLife + 1) * 1_000 });
      const shop = openShop({ corp: asProvider(provider) }, { store, runtime });
      const signIn = (name: string) => shop.visitor().goThrough("sign-in-with", "corp", name);
      expect(await signIn("anna")).toBe("303 /after");
      const workers = Array.from({ length: processes }, () => new WorkerProcess());
      const { issuer, clientId, clientSecret } = provider;
      const options = { secrets, origin, lease, providerTimeLimit: lease === "1s" ? "500ms" : "5s" };
      const args = { dist, place, target, broken, options, provider: { issuer, clientId, clientSecret } };
      await Promise.all(workers.map((worker) => worker.call("open", args)));
      afterAll(async () => {
        await Promise.allSettled(workers.map((worker) => worker.call("leave", {})));
        await close();
        await remove();
      });
      const ask = (asked: readonly WorkerProcess[] = workers, name = "anna") =>
        Promise.all(asked.map((worker) => worker.call("ask", { userId: `corp:${name}`, times }) as Promise<string[]>));
      return { workers, signIn, ask, refreshes: refreshesOf() };
    }

    function refreshesOf() {
      const total = () => (provider.granted.refresh_token ?? 0) + (provider.refused.refresh_token ?? 0);
      const before = total();
      return () => total() - before;
    }

    it("O5 200 calls at once when the token has expired: the provider is asked once", async () => {
      const { ask, refreshes } = await scene();
      const tokens = (await ask()).flat();
      expect(new Set(tokens).size).toBe(1);
      expect(tokens[0]).toMatch(/^[\w-]{20,}$/);
      expect(refreshes()).toBe(1);
    });

    it("O5 control: it is asked more often over a store that changes a record whatever it holds", async () => {
      const { workers, signIn, ask, refreshes } = await scene({ broken: "expectationsIgnored" });
      // Two have to read before one of them writes: in one of a few rounds they do.
      let rounds = 0;
      while (rounds < 20 && refreshes() <= rounds) {
        rounds += 1;
        await signIn(`anna${rounds}`);
        await ask(workers, `anna${rounds}`);
      }
      expect(refreshes()).toBeGreaterThan(rounds);
    });

    it("O5 a process that is killed while it asks costs its lease, and nobody's link", async () => {
      const { workers, ask, refreshes } = await scene({ lease: "1s" });
      const [first, ...others] = workers as [WorkerProcess, ...WorkerProcess[]];
      const held = provider.holdTokens();
      const lost = ask([first]).catch(() => "lost");
      await held.arrived;
      await first.kill();
      held.end();
      expect(await lost).toBe("lost");
      const tokens = (await ask(others)).flat();
      expect(new Set(tokens).size).toBe(1);
      expect(tokens[0]).toMatch(/^[\w-]{20,}$/);
      expect(refreshes()).toBe(1);
    });
  });
}
