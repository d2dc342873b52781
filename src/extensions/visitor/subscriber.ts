import { isObject, ownSchema } from "../parts/own-schema.ts";

/** Somebody on the mailing list, whom the application's server has verified. */
export interface Subscriber {
  /** The id at the mailing list's provider: 1 to 255 characters. */
  readonly id: string;
  readonly email?: string;
  /** What else the application wants to know of them, as texts: at most 20 of at most 500 characters each. */
  readonly fields?: Readonly<Record<string, string>>;
}

const mostFields = 20;

/** What the session keeps of a subscriber; `undefined` where nobody was confirmed. Other properties are left out. */
export const subscriberSchema = ownSchema<Subscriber | { readonly id: null }, Subscriber | undefined>((value) => {
  return value === undefined ? nobody : subscriberOf(value);
});

/** What stands for nobody: a schema of ours cannot tell `undefined` from what does not fit. */
export const nobody = Object.freeze({ id: null });

function subscriberOf(value: unknown): Subscriber | undefined {
  if (!isObject(value)) return undefined;
  const { id, email, fields } = value;
  if (!isText(id, 255)) return undefined;
  if (email !== undefined && !isText(email, 320)) return undefined;
  if (fields !== undefined && !areFields(fields)) return undefined;
  return { id, ...(email !== undefined && { email }), ...(fields !== undefined && { fields }) };
}

function areFields(fields: unknown): fields is Readonly<Record<string, string>> {
  if (!isObject(fields) || Object.keys(fields).length > mostFields) return false;
  return Object.entries(fields).every(
    ([name, text]) => name.length <= 100 && typeof text === "string" && text.length <= 500,
  );
}

function isText(value: unknown, most: number): value is string {
  return typeof value === "string" && value !== "" && value.length <= most;
}
