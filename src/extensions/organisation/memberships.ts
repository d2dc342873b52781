/** A user's part in an organisation: its id, and the roles that the user has there. Yours may say more, such as a name. */
export interface Membership {
  /** The id of the organisation. */
  readonly id: string;
  readonly roles: readonly string[];
}

/**
 * Which organisation is the current one as long as the user has chosen none, and when the chosen one is no longer theirs: the
 * `"only"` one they have, the `"first"` of the list, `"none"`, or what a function of the list answers: an id of it, or `null`.
 */
export type InitialOrganisation<Member extends Membership> =
  | "only"
  | "first"
  | "none"
  | ((memberships: readonly Member[]) => string | null);

/**
 * Checks what the application answered. A list that is none must not pass for "no memberships", nor a text of roles for a list.
 *
 * @throws TypeError with the place.
 */
export function checkMemberships<Member extends Membership>(given: readonly Member[]): readonly Member[] {
  if (!Array.isArray(given)) throw new TypeError("memberships answered no array.");
  const ids = new Set<string>();
  for (const [index, membership] of given.entries()) {
    const { id, roles } = (membership ?? {}) as Partial<Membership>;
    if (typeof id !== "string" || id === "") throw new TypeError(`memberships[${index}].id is no text.`);
    // One row for each role, most likely: the first would hide the roles of the others.
    if (ids.has(id)) throw new TypeError(`memberships[${index}] is of the same organisation as one before it.`);
    ids.add(id);
    if (!Array.isArray(roles) || !roles.every((role) => typeof role === "string"))
      throw new TypeError(`memberships[${index}].roles is no list of texts.`);
  }
  return given;
}

/** The membership in an organisation, or `null`. */
export function findMembership<Member extends Membership>(
  memberships: readonly Member[],
  id: string | null | undefined,
): Member | null {
  return memberships.find((membership) => membership.id === id) ?? null;
}

/** The current membership: the chosen one as long as it lasts, else the one that the rule gives. */
export function currentMembership<Member extends Membership>(
  memberships: readonly Member[],
  chosen: string | undefined,
  initial: InitialOrganisation<Member>,
): Member | null {
  return findMembership(memberships, chosen) ?? initialMembership(memberships, initial);
}

function initialMembership<Member extends Membership>(
  memberships: readonly Member[],
  initial: InitialOrganisation<Member>,
): Member | null {
  if (typeof initial === "function") return findMembership(memberships, initial(memberships));
  if (initial === "none" || (initial === "only" && memberships.length !== 1)) return null;
  return memberships[0] ?? null;
}
