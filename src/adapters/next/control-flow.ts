import { isSessionError } from "../../errors.ts";
import { isSteering } from "../../http/thrown.ts";

/** The error to go on with: Next's own where the engine has wrapped one that the application's functions threw. */
export function unwrapped(error: unknown): unknown {
  return isSessionError(error) && isSteering(error.cause) ? error.cause : error;
}

/** Waits for a result; Next's own errors come out as Next threw them. */
export async function passingControlFlow<Result>(work: () => Result | PromiseLike<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw unwrapped(error);
  }
}
