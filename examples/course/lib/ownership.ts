import type { Commerce, Entitlement } from "coatcheck/extensions/commerce";

/** A session that knows what its visitor has bought. */
export interface Buyer {
  readonly commerce: Pick<Commerce, "entitlements">;
}

/** The slugs of the courses that the visitor has bought, or has a seat in. */
export async function coursesOwnedBy({ commerce }: Buyer): Promise<readonly string[]> {
  const { course: rights = [] } = await commerce.entitlements();
  return rights.flatMap(({ contentIds }) => contentIds);
}

/**
 * The same of a user without a session, by all the rights that they ever had. Nobody says where they are, so a right that counts
 * in one country alone does not count.
 */
export function coursesIn(rights: readonly Entitlement[], now: number): readonly string[] {
  const counts = ({ type, country, expiresAt }: Entitlement) =>
    type === "course" && country === null && (expiresAt === null || expiresAt > now);
  return rights.filter(counts).flatMap(({ contentIds }) => contentIds);
}
