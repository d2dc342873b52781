import { equalInConstantTime } from "../../../bytes.ts";
import { digestOf } from "../../../token/digest.ts";
import type { CommerceOptions } from "../options.ts";
import { type Asked, refusal } from "./acting.ts";
import { code, fields } from "./input.ts";

/** `POST lookup`: what a user owns, for another machine that knows the secret. Without a secret everybody is refused. */
export function lookupAction({ data, lookupSecret }: CommerceOptions) {
  return {
    auth: "anyone",
    csrfToken: false,
    input: fields({ userId: code }),
    async handler({ input, request }: Asked<{ readonly userId: string }>) {
      if (!(await isBearer(request, lookupSecret))) return refusal(401, "unauthenticated");
      const [purchases, entitlements] = await Promise.all([
        data.purchasesOf(input.userId),
        data.entitlementsOf(input.userId),
      ]);
      return { purchases, entitlements };
    },
  } as const;
}

// Digests have one length: the comparison tells nothing about the secret, its length included.
async function isBearer(request: Request, secret: string | undefined): Promise<boolean> {
  const given = /^Bearer ([\x20-\x7e]{1,512})$/.exec(request.headers.get("authorization") ?? "")?.[1];
  if (secret === undefined || given === undefined) return false;
  return equalInConstantTime(await digestOf(given), await digestOf(secret));
}
