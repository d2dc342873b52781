import { isSessionError } from "../../errors.ts";

/** Tells the errors by which Next steers: redirects, not-found, and "this page cannot be prerendered". */
export function isControlFlow(error: unknown): boolean {
  return typeof (error as { digest?: unknown } | null | undefined)?.digest === "string";
}

/** The error to go on with: Next's own where the engine has wrapped one that the application's functions threw. */
export function unwrapped(error: unknown): unknown {
  return isSessionError(error) && isControlFlow(error.cause) ? error.cause : error;
}

/** Waits for a result; Next's own errors come out as Next threw them. */
export async function passingControlFlow<Result>(work: () => Result | PromiseLike<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw unwrapped(error);
  }
}
