import { describe, expect, it } from "vitest";
import { accessTokenVerifier, type Revocation } from "../../src/verify/index.ts";
import { scene } from "./issuer.ts";

async function verifierWith(revocation: Revocation) {
  const here = await scene();
  const verify = accessTokenVerifier(here.options({ revocation }));
  return { here, verify, reasonOf: async (token: string) => (await verify(token)).refusal?.reason ?? null };
}

describe("J8 how soon a revoked token is refused", () => {
  it("stateless: at its own end, which is the bound", async () => {
    const { here, reasonOf } = await verifierWith({ mode: "stateless" });
    const token = await here.token({ exp: here.now + 900 });
    here.runtime.advance("15m");
    expect(await reasonOf(token)).toBeNull(); // within the tolerance
    here.runtime.advance("5s");
    expect(await reasonOf(token)).toBe("expired");
  });

  it("checked: at once, by the session; a token of none is refused", async () => {
    const living = new Set(["A".repeat(22)]);
    const asked: unknown[] = [];
    const { here, reasonOf } = await verifierWith({
      mode: "checked",
      async isLive(sid, claims) {
        asked.push([sid, claims.sub]);
        return living.has(sid);
      },
    });
    const token = await here.token();
    expect(await reasonOf(token)).toBeNull();
    living.clear();
    expect(await reasonOf(token)).toBe("revoked");
    expect(asked).toEqual(Array(2).fill(["A".repeat(22), "u1"]));
    expect(await reasonOf(await here.token({ sid: undefined }))).toBe("revoked");
    expect(await reasonOf(await here.token({ exp: here.now - 60 }))).toBe("expired");
    expect(asked).toHaveLength(2); // a token that is bad in itself asks nobody
  });

  it("checked: what is not exactly true is no yes", async () => {
    const { here, reasonOf } = await verifierWith({ mode: "checked", isLive: (() => "yes") as never });
    expect(await reasonOf(await here.token())).toBe("revoked");
  });

  it("epoch: within the bound, and one question for all who ask meanwhile", async () => {
    let [epoch, questions]: [number | null, number] = [null, 0];
    const { here, reasonOf } = await verifierWith({
      mode: "epoch",
      maxStale: "10s",
      async epochOf(sub) {
        expect(sub).toBe("u1");
        questions += 1;
        return epoch;
      },
    });
    const token = await here.token();
    expect(await Promise.all(Array.from({ length: 50 }, () => reasonOf(token)))).toEqual(Array(50).fill(null));
    expect(questions).toBe(1);
    here.runtime.advance(1_000);
    epoch = here.runtime.now();
    here.runtime.advance(8_999);
    expect(await reasonOf(token)).toBeNull();
    here.runtime.advance(1);
    expect(await reasonOf(token)).toBe("revoked"); // ten seconds after the question, nine after the end
    expect(questions).toBe(2);
    expect(await reasonOf(await here.token({ iat: epoch / 1_000 }))).toBeNull();
    expect(await reasonOf(await here.token({ iat: epoch / 1_000 - 1 }))).toBe("revoked");
  });

  it("epoch: with a bound of nothing nothing is remembered", async () => {
    let questions = 0;
    const epochOf = () => {
      questions += 1;
      return questions === 1 ? null : Number.MAX_SAFE_INTEGER;
    };
    const { here, reasonOf } = await verifierWith({ mode: "epoch", epochOf, maxStale: 0 });
    const token = await here.token();
    expect(await reasonOf(token)).toBeNull();
    expect(await reasonOf(token)).toBe("revoked");
  });

  it("epoch: the users who are remembered are bounded", async () => {
    const asked: string[] = [];
    const epochOf = (sub: string) => {
      asked.push(sub);
      return null;
    };
    const here = await scene();
    const { revocationOf } = await import("../../src/verify/revocation.ts");
    const isRevoked = revocationOf({ mode: "epoch", epochOf, maxStale: "1h" }, here.runtime);
    const ask = (user: number) => isRevoked({ sub: `u${user}`, iat: 1 } as never);
    for (let user = 0; user <= 10_000; user++) await ask(user);
    await ask(10_000);
    expect(asked).toHaveLength(10_001);
    await ask(0); // the eldest made room
    expect(asked).toHaveLength(10_002);
  });

  it.each([
    { mode: "checked", isLive: () => Promise.reject(new Error("down")) },
    {
      mode: "checked",
      isLive() {
        throw new Error("down");
      },
    },
    { mode: "epoch", epochOf: () => Promise.reject(new Error("down")), maxStale: "10s" },
  ] as const)("G8 an outage refuses nobody: $mode", async (revocation) => {
    const { here, verify } = await verifierWith(revocation);
    const token = await here.token();
    for (let time = 0; time < 2; time++)
      await expect(verify(token)).rejects.toMatchObject({
        code: "VERIFICATION_UNAVAILABLE",
        cause: { message: "down" },
      });
  });
});
