import type { StandardSchema } from "../../core/standard-schema.ts";

/**
 * A Standard Schema from one function, which answers the value or `undefined` for what does not fit: extensions of ours need no
 * validator of the application's.
 */
export function ownSchema<Output, Input = Output>(
  read: (value: unknown) => Output | undefined,
): StandardSchema<Input, Output> {
  return {
    "~standard": {
      version: 1,
      vendor: "coatcheck",
      validate(value) {
        const result = read(value);
        return result === undefined ? { issues: [{ message: "does not fit" }] } : { value: result };
      },
    },
  };
}

/** Whether a value is an object with texts as keys, and neither a list nor nothing. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
