import type { Commerce } from "coatcheck/extensions/commerce";

/** A session that knows what its visitor has bought. */
export interface Buyer {
  readonly commerce: Pick<Commerce, "entitlements">;
}

/** The slugs of the courses that the visitor has bought, or has a seat in. */
export async function coursesOwnedBy({ commerce }: Buyer): Promise<readonly string[]> {
  const { course: rights = [] } = await commerce.entitlements();
  return rights.flatMap(({ contentIds }) => contentIds);
}
