import { SessionExtensionError } from "../errors.ts";
import { isPromise } from "../maybe.ts";
import type { ResolvedExtension } from "./extension-policy.ts";
import { NoAnswer } from "./time-limit.ts";

/** The error that stands for what an extension has thrown, or for its silence. */
export function extensionError(
  { name, timeLimit }: ResolvedExtension,
  part: string,
  cause: unknown,
): SessionExtensionError {
  const what =
    cause instanceof NoAnswer
      ? `The extension ${name} did not answer within ${timeLimit} ms.`
      : `The extension ${name} failed in its ${part}.`;
  return new SessionExtensionError("EXTENSION_FAILED", what, {
    hint: "The session itself is well. Give the extension a fallback where a page can do without it.",
    cause,
  });
}

/** Renderers steer by what is thrown: React's signals are promises, those of frameworks carry a digest. They are no failures. */
export function isSteering(error: unknown): boolean {
  return isPromise(error) || typeof (error as { digest?: unknown } | null | undefined)?.digest === "string";
}
