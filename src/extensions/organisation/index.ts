export {
  type OrganisationActions,
  type OrganisationOptions,
  type OrganisationView,
  organisation,
} from "./extension.ts";
export type { InitialOrganisation, Membership } from "./memberships.ts";
export type { Organisation } from "./organisation.ts";
export type { OrganisationChoice } from "./organisation-id.ts";
