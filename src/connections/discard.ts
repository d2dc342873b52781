import { equalInConstantTime } from "../bytes.ts";
import type { Runtime } from "../runtime.ts";
import { type Link, withoutToken } from "./link.ts";
import type { Links, Owner } from "./links.ts";
import type { SealedTokens } from "./sealed-tokens.ts";

/** What discarding works with. */
interface Discarding {
  readonly links: Links;
  readonly tokens: SealedTokens;
  readonly runtime: Pick<Runtime, "now">;
}

/**
 * Takes an access token out of a link: `"discarded"`, or `"broken"` where nothing is left of it that gives another one. `null`: it is not
 * kept, or no longer, and nothing was changed.
 */
export async function discardToken(
  { links, tokens, runtime }: Discarding,
  owner: Owner,
  accessToken: string,
): Promise<"discarded" | "broken" | null> {
  const found = await links.find(owner);
  const refused = found?.link && (await sealedAs(tokens, owner, found.link, accessToken));
  if (!refused) return null;
  const changed = await links.settle(owner, ({ link }) => link && withoutToken(link, refused, runtime.now()));
  if (!changed?.link) return null;
  return changed.link.brokenAt === null ? "discarded" : "broken";
}

/** How a link keeps a token: under a key, sealed. */
async function sealedAs(tokens: SealedTokens, owner: Owner, { access }: Link, accessToken: string) {
  for (const [key, token] of Object.entries(access)) {
    const kept = await tokens.accessToken(owner, key, token);
    if (kept !== null && equalInConstantTime(kept, accessToken)) return { key, sealed: token.sealed };
  }
  return null;
}
