import { z } from "zod";
import { countryCodes } from "./countries";

const text = (most: number, missing: string) =>
  z.string().trim().min(1, missing).max(most, `At most ${most} characters.`);

/** What a step must hold before the next one opens. */
const steps = {
  contact: z.object({
    name: text(80, "Tell us your name."),
    email: z.email("That does not look like an e-mail address."),
    phone: z
      .string()
      .trim()
      .regex(/^(\+?[\d ()-]{6,24})?$/, "Use digits, spaces and a leading + only."),
  }),
  billing: z.object({
    company: z.string().trim().max(80, "At most 80 characters."),
    street: text(120, "Tell us the street and number."),
    city: text(80, "Tell us the town or city."),
    postcode: text(12, "Tell us the postcode."),
    country: z.enum(countryCodes, "Choose a country."),
  }),
};

export type StepName = keyof typeof steps;

const draft = z.object({
  values: z.record(z.string(), z.string().max(200)),
  errors: z.record(z.string(), z.string()),
});

/** What the session holds: each step as it was typed, finished or not, with what is wrong with it. */
export const checkoutSchema = z.object({ contact: draft.optional(), billing: draft.optional() }).default({});

export type Checkout = z.output<typeof checkoutSchema>;

export function isStepName(name: unknown): name is StepName {
  return typeof name === "string" && Object.hasOwn(steps, name);
}

/** Reads a submitted step. Wrong values are kept too: they come back into the form, with their errors. */
export function readStep(step: StepName, form: FormData): z.output<typeof draft> {
  const names = Object.keys(steps[step].shape);
  const values = Object.fromEntries(names.map((name) => [name, String(form.get(name) ?? "").slice(0, 200)]));
  const result = steps[step].safeParse(values);
  return result.success ? { values: result.data, errors: {} } : { values, errors: firstIssues(result.error) };
}

/** The first message of each field. */
export function firstIssues(error: z.ZodError): Record<string, string> {
  const issues = error.issues.map((issue) => [String(issue.path[0]), issue.message] as const);
  return Object.fromEntries(issues.reverse());
}

/** The first step that still needs work, or `null` when the order can be placed. */
export function nextStep(checkout: Checkout): StepName | null {
  const names = Object.keys(steps) as StepName[];
  return names.find((name) => !steps[name].safeParse(checkout[name]?.values).success) ?? null;
}
