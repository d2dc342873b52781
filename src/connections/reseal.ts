import type { ConnectionContext } from "./connection.ts";
import type { Owner } from "./links.ts";

/** How often a link is tried that changes meanwhile: whoever changes it seals it with the first secret, too. */
const mostAttempts = 5;

/** Seals what users have linked with the first secret; answers how many links were sealed anew. */
export async function resealAll(
  context: ConnectionContext,
  providers: readonly string[],
  userIds: Iterable<string> | AsyncIterable<string>,
): Promise<number> {
  let count = 0;
  for await (const userId of userIds)
    for (const provider of providers) if (await reseal(context, { userId, provider })) count += 1;
  return count;
}

async function reseal({ links, tokens }: ConnectionContext, owner: Owner): Promise<boolean> {
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const found = await links.find(owner);
    const resealed = found?.link ? await tokens.resealed(owner, found.link) : null;
    if (!found || !resealed) return false;
    if (await links.change(found, resealed)) return true;
  }
  return false;
}
