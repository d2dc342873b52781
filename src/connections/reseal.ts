import type { ConnectionContext } from "./connection.ts";
import type { Owner } from "./links.ts";

/** A link that could not be sealed anew as a whole. */
export interface LeftLink<Name extends string = string> {
  readonly userId: string;
  readonly provider: Name;
  /**
   * `"unreadable"`: no secret opens one of its tokens, or what is kept is no link. `"contended"`: it changed at every attempt, so try
   * again.
   */
  readonly reason: "unreadable" | "contended";
}

/** What sealing anew may be told. */
export interface ResealOptions<Name extends string = string> {
  /** Is told of every link that is not sealed with the first secret throughout. What it throws ends the work. */
  readonly onLeft?: (left: LeftLink<Name>) => void;
}

/** How often a link is tried that changes meanwhile. */
const mostAttempts = 5;

/** Seals what users have linked with the first secret; answers how many links were sealed anew. */
export async function resealAll(
  context: ConnectionContext,
  providers: readonly string[],
  userIds: Iterable<string> | AsyncIterable<string>,
  { onLeft }: ResealOptions = {},
): Promise<number> {
  let count = 0;
  for await (const userId of userIds)
    for (const provider of providers) {
      const { isChanged, left } = await reseal(context, { userId, provider });
      if (isChanged) count += 1;
      if (left) onLeft?.({ userId, provider, reason: left });
    }
  return count;
}

interface Outcome {
  readonly isChanged: boolean;
  readonly left: LeftLink["reason"] | null;
}

async function reseal({ links, tokens }: ConnectionContext, owner: Owner): Promise<Outcome> {
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const found = await links.find(owner);
    if (!found) return { isChanged: false, left: null };
    if (!found.link) return { isChanged: false, left: "unreadable" };
    const { changed, isWhole } = await tokens.resealed(owner, found.link);
    const left = isWhole ? null : "unreadable";
    if (!changed) return { isChanged: false, left };
    if (await links.change(found, changed)) return { isChanged: true, left };
  }
  return { isChanged: false, left: "contended" };
}
