import type { StandardSchema } from "../../core/standard-schema.ts";

/** Ids are short. Longer texts are nobody's organisation, and need not be asked for. */
const longest = 200;

function isOrganisationId(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= longest;
}

/** The schema of an organisation's id, as the session keeps it. */
export const organisationId: StandardSchema<string> = {
  "~standard": {
    version: 1,
    vendor: "coatcheck",
    validate: (value) =>
      isOrganisationId(value) ? { value } : { issues: [{ message: "is no id of an organisation" }] },
  },
};

/** What the action is sent: the id of an organisation, or `null` for the one that holds without a choice. */
export interface OrganisationChoice {
  readonly id: string | null;
}

/** The schema of what the action is sent. */
export const organisationChoice: StandardSchema<OrganisationChoice> = {
  "~standard": {
    version: 1,
    vendor: "coatcheck",
    validate(value) {
      const { id } = (value ?? {}) as { readonly id?: unknown };
      if (id === null || isOrganisationId(id)) return { value: { id } };
      return { issues: [{ message: "is no id of an organisation", path: ["id"] }] };
    },
  },
};
