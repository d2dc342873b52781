import { equalInConstantTime, toBase64url } from "../../bytes.ts";
import { isSessionError, SessionDataError, type SessionErrorCode } from "../../errors.ts";
import type { Maybe } from "../../maybe.ts";
import type { Runtime } from "../../runtime.ts";
import { digestOf } from "../../token/digest.ts";

/** How many tokens of one session are outstanding at most; the oldest makes way. */
const most = 64;

/** A fresh token of 256 random bits. */
export function newCSRFToken(runtime: Runtime): string {
  return toBase64url(runtime.randomBytes(32));
}

/** What the session keeps in place of a token: it opens nothing, and fits no other form. */
export function markOf(token: string, form: string): Maybe<string> {
  return digestOf(`${form}\n${token}`);
}

/** The outstanding tokens with one more. They are kept as one text, so that a store which merges deeply leaves it whole. */
export function addMark(outstanding: unknown, mark: string): string {
  return [...marksIn(outstanding), mark].slice(-most).join(" ");
}

/** The outstanding tokens without one of them, or `null` where it is not among them. Compares all, in constant time. */
export function takeMark(outstanding: unknown, mark: string): string | null {
  const marks = marksIn(outstanding);
  const left = marks.filter((other) => !equalInConstantTime(other, mark));
  return left.length === marks.length ? null : left.join(" ");
}

/** Whether something can be a token at all. What comes from a form or a query may be anything. */
export function isTokenText(token: unknown): token is string {
  return typeof token === "string" && token.length > 0 && token.length <= 256;
}

/** The name of a form that a token is for; without one it is for any form that names none. */
export function checkForm(form: unknown): string {
  if (form === undefined) return "";
  if (typeof form === "string" && form.length <= 256) return form;
  throw new SessionDataError("DATA_INVALID", "The form of a CSRF token is not a text of at most 256 characters.", {
    hint: 'Name it like "checkout", the same in getCSRFToken and in validateCSRFToken.',
  });
}

/** What came of taking a token; `false` too where it failed with one of these errors. */
export async function falseIf(taken: Promise<boolean>, ...codes: readonly SessionErrorCode[]): Promise<boolean> {
  try {
    return await taken;
  } catch (error) {
    if (isSessionError(error, ...codes)) return false;
    throw error;
  }
}

function marksIn(outstanding: unknown): string[] {
  return typeof outstanding === "string" ? outstanding.split(" ").filter(Boolean) : [];
}
