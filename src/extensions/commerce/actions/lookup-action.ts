import type { CommerceOptions } from "../options.ts";
import { code, fields } from "./input.ts";

/** `POST lookup`: what a user owns, for another machine that knows the secret. Without a secret everybody is refused. */
export function lookupAction({ data, lookupSecret }: CommerceOptions) {
  return {
    auth: { secret: lookupSecret },
    input: fields({ userId: code }),
    async handler({ input }: { readonly input: { readonly userId: string } }) {
      const [purchases, entitlements] = await Promise.all([
        data.purchasesOf(input.userId),
        data.entitlementsOf(input.userId),
      ]);
      return { purchases, entitlements };
    },
  } as const;
}
