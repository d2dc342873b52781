import { SessionStateError } from "../../errors.ts";

const target = Symbol.for("coatcheck.next.sign-in");

/** The error for a visitor who must sign in first. Whoever can redirect finds the address on it. */
export function unauthenticated(url: string, hint = "Answer with a 401, as withSession does."): SessionStateError {
  const error = new SessionStateError("UNAUTHENTICATED", "Nobody is signed in, or not recently enough.", { hint });
  return Object.defineProperty(error, target, { value: url });
}

/** Where an error of `requireUser` sends the visitor, or `null` for every other error. */
export function signInUrlOf(error: unknown): string | null {
  const url = (error as { [target]?: unknown } | null | undefined)?.[target];
  return typeof url === "string" ? url : null;
}
