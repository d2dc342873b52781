import type { Duration } from "../../duration.ts";
import { type DefinedExtension, defineExtension } from "../../http/define-extension.ts";
import { statusResponse } from "../../http/responses.ts";
import type { Maybe } from "../../maybe.ts";
import { checkMemberships, type InitialOrganisation, type Membership } from "./memberships.ts";
import { createOrganisation, type Organisation } from "./organisation.ts";
import { organisationChoice, organisationId } from "./organisation-id.ts";

/** How memberships are found, and which organisation is the current one. Only `memberships` is required. */
export interface OrganisationOptions<Member extends Membership, Shown extends object> {
  /**
   * The memberships that a user has now, one for each organisation. It runs once per request that asks for the organisation, never for
   * a visitor who is not signed in, and once more at a switch. While impersonating it is asked for the impersonated user.
   */
  memberships(userId: string): Maybe<readonly Member[]>;
  /** The current organisation where none is chosen, or the chosen one is no longer the user's (default `"only"`). */
  readonly initial?: InitialOrganisation<NoInfer<Member>>;
  /** What of a membership the browser sees (default: `{ id, roles }`). */
  readonly show?: (membership: NoInfer<Member>) => Shown;
  /** How long `memberships` may take, in a request and at a switch (default: `callbackTimeLimit` of the configuration). */
  readonly timeLimit?: Duration;
}

/** What a browser sees of the organisations. */
export interface OrganisationView<Shown> {
  readonly current: Shown | null;
  readonly memberships: readonly Shown[];
}

/** The action that `organisation` adds, as `InferActions` reads it. */
export interface OrganisationActions<Shown> {
  readonly "switch-organisation": {
    readonly input: typeof organisationChoice;
    readonly handler: (...args: never[]) => Promise<Response | OrganisationView<Shown>>;
  };
}

/**
 * The extension `organisation`: which organisations the user is a member of, with which roles, and in which of them they are working.
 * The choice is kept in the session, under a key that only `switch` writes; a membership that has ended is not read back from it. It
 * survives when the same user signs in again, and is never another user's.
 *
 * It adds the action `switch-organisation`: `POST {basePath}/switch-organisation` with `{ "id": "…" }` answers the organisations as the
 * browser sees them, or 403 where the user is no member there.
 *
 * @example
 * export const organisations = organisation({ memberships: (userId) => membershipsOf(userId) })
 * // session.ts
 * nextSessions({ store, extend: { organisation: organisations } })
 * // anywhere
 * const { current, has } = await session.organisation
 */
export function organisation<Member extends Membership, Shown extends object = Membership>(
  options: OrganisationOptions<Member, Shown>,
): DefinedExtension<
  "organisation",
  Promise<Organisation<Member>>,
  OrganisationView<Shown>,
  OrganisationActions<Shown>
> {
  const { initial = "only", timeLimit } = options;
  const show = options.show ?? (({ id, roles }: Member) => ({ id, roles }) as unknown as Shown);
  const viewOf = ({ current, memberships }: Organisation<Member>): OrganisationView<Shown> => ({
    current: current && show(current),
    memberships: memberships.map((membership) => show(membership)),
  });
  return defineExtension({
    name: "organisation",
    data: { current: organisationId },
    ...(timeLimit !== undefined && { timeLimit }),
    async resolve(session, context) {
      const find = async ({ userId } = session) =>
        userId === null ? [] : checkMemberships(await options.memberships(userId));
      return createOrganisation(await find(), () => find(), initial, context);
    },
    publicView: viewOf,
    actions: {
      "switch-organisation": {
        input: organisationChoice,
        async handler({ session, input }) {
          const organisations = await session.organisation;
          return (await organisations.switch(input.id)) ? viewOf(organisations) : statusResponse(403);
        },
      },
    },
  });
}
