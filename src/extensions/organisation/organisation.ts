import type { ExtensionContext } from "../../core/extensions.ts";
import { currentMembership, findMembership, type InitialOrganisation, type Membership } from "./memberships.ts";

/** The user's organisations, and the one they are working in. */
export interface Organisation<Member extends Membership> {
  /**
   * The membership in the current organisation, or `null`. Its roles were looked up in this request: what the session keeps is the id
   * alone, and that is nothing once the membership has ended.
   */
  readonly current: Member | null;
  /** All memberships, in the order in which the application gave them; none for a visitor who is not signed in. */
  readonly memberships: readonly Member[];
  /** Whether the user has a role in the current organisation. */
  has(role: string): boolean;
  /**
   * Makes another organisation the current one of this session. The memberships are looked up anew.
   *
   * @param id The id of an organisation of the user's; `null` undoes the choice.
   * @returns Whether it is done: `false` where the user is no member there. Then nothing has changed, and there is an event `refused`.
   * @throws {@link SessionStateError} `SESSION_READ_ONLY`: while rendering. {@link SessionStoreError}: it was not confirmed.
   *   {@link SessionExtensionError} `EXTENSION_FAILED`: `memberships` failed, or did not answer within the time limit; nothing has
   *   changed.
   */
  switch(id: string | null): Promise<boolean>;
}

/** What the extension keeps in the session. */
type OwnContext = ExtensionContext<{ readonly current: string | undefined }, { readonly current: string }>;

/** @param find Looks the memberships up anew. */
export function createOrganisation<Member extends Membership>(
  found: readonly Member[],
  find: () => Promise<readonly Member[]>,
  initial: InitialOrganisation<Member>,
  context: OwnContext,
): Organisation<Member> {
  let memberships = found;
  const current = () => currentMembership(memberships, context.data.current, initial);
  return {
    get current() {
      return current();
    },
    get memberships() {
      return memberships;
    },
    has: (role) => current()?.roles.includes(role) ?? false,
    async switch(id) {
      memberships = await context.inTime(find);
      if (id === null ? memberships.length === 0 : !findMembership(memberships, id)) {
        context.emit("refused");
        return false;
      }
      await context.set({ current: id ?? undefined });
      context.emit("switched", { organisation: id });
      return true;
    },
  };
}
