import {
  type AccessTokenClaims,
  accessTokenVerifier,
  type Refusal,
  verifyAccessToken,
} from "../../src/verify/index.ts";

type Equals<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
const holds = <_Fact extends true>() => undefined;

const who = { issuer: "https://shop.example", audience: "https://api.shop.example" };

// One of the two is null, and asking for one tells of the other.
export async function narrows(request: Request): Promise<string> {
  const { claims, refusal } = await verifyAccessToken(request, who);
  if (refusal) {
    holds<Equals<typeof claims, null>>();
    holds<Equals<typeof refusal, Refusal>>();
    return refusal.reason;
  }
  holds<Equals<typeof claims, AccessTokenClaims>>();
  holds<Equals<typeof claims.client_id, string>>();
  return claims.sub;
}

// A foreign issuer may leave claims out, so they may be undefined.
export async function foreign(token: string): Promise<void> {
  const verify = accessTokenVerifier({ ...who, foreign: { typ: "JWT", without: ["client_id"] } });
  const { claims } = await verify(token);
  if (!claims) return;
  holds<Equals<typeof claims.client_id, string | undefined>>();
  holds<Equals<typeof claims.exp, number>>();
}

// @ts-expect-error an audience is required
accessTokenVerifier({ issuer: "https://shop.example" });
// @ts-expect-error secrets verify nothing
accessTokenVerifier({ ...who, algorithms: ["HS256"] });
// @ts-expect-error an epoch has a bound
accessTokenVerifier({ ...who, revocation: { mode: "epoch", epochOf: () => null } });
// @ts-expect-error that nobody remembers proofs is said by null
accessTokenVerifier({ ...who, dpop: { origin: "https://api.shop.example" } });
// @ts-expect-error exp cannot be left out
accessTokenVerifier({ ...who, foreign: { typ: "JWT", without: ["exp"] } });
