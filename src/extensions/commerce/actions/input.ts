import type { SchemaIssue, SchemaResult, StandardSchema } from "../../../core/standard-schema.ts";
import { isCode, isQuantity } from "../own-data.ts";

/** Reads one field: its value, or `undefined` where it does not fit. */
type Field<Value> = (given: unknown) => Value | undefined;

type Fields<Shape> = { readonly [Name in keyof Shape]: Field<Shape[Name]> };

/** Makes a schema of named fields. What else was sent is passed over. */
export function fields<Shape extends object>(shape: Fields<Shape>): StandardSchema<unknown, Shape> {
  const validate = (given: unknown): SchemaResult<Shape> => {
    const from = (typeof given === "object" && given !== null ? given : {}) as Record<string, unknown>;
    const value: Record<string, unknown> = {};
    const issues: SchemaIssue[] = [];
    for (const [name, read] of Object.entries(shape) as [string, Field<unknown>][]) {
      const result = read(Object.hasOwn(from, name) ? from[name] : undefined);
      if (result === undefined) issues.push({ message: "It does not fit.", path: [name] });
      else value[name] = result;
    }
    return issues.length > 0 ? { issues } : { value: value as Shape };
  };
  return { "~standard": { version: 1, vendor: "coatcheck", validate } };
}

/** A text that may be an id, a code or an address. */
export const code: Field<string> = (given) => (isCode(given) ? given : undefined);

/** The same, or `null` where it is left out. */
export const maybeCode: Field<string | null> = (given) => {
  return given === undefined || given === null || given === "" ? null : code(given);
};

/** A number of pieces, 1 where it is left out. Forms send it as a text. */
export const quantity: Field<number> = (given = 1) => {
  const number = typeof given === "string" && /^\d{1,5}$/.test(given) ? Number(given) : given;
  return isQuantity(number) ? number : undefined;
};

/** A number of pieces, or 0. It may not be left out: what is set to nothing is gone. */
export const piecesOrNone: Field<number> = (given) => {
  if (given === 0 || given === "0") return 0;
  return given === undefined ? undefined : quantity(given);
};

/** A number of pieces, or `null` where it is left out. */
export const maybeQuantity: Field<number | null> = (given) => {
  return given === undefined || given === null || given === "" ? null : quantity(given);
};

/** A path to come back to. Whether it is one of this site is judged where it is used. */
export const path: Field<string | null> = (given) => {
  if (given === undefined || given === null) return null;
  return typeof given === "string" && given.length <= 2_048 ? given : undefined;
};
