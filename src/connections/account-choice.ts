import type { StandardSchema } from "../core/standard-schema.ts";

/** What the actions are sent: a provider by its name, and where to go afterwards. */
export interface AccountChoice {
  readonly provider: string;
  /** A path of this site; in a form it stands in the query of the action. */
  readonly returnTo?: string;
}

/** The schema of what the actions are sent. */
export const accountChoice: StandardSchema<AccountChoice> = {
  "~standard": {
    version: 1,
    vendor: "coatcheck",
    validate(value) {
      const { provider, returnTo } = (value ?? {}) as { readonly provider?: unknown; readonly returnTo?: unknown };
      if (typeof provider !== "string" || provider === "" || provider.length > 32)
        return { issues: [{ message: "is no provider", path: ["provider"] }] };
      return { value: { provider, ...(typeof returnTo === "string" && { returnTo }) } };
    },
  },
};
