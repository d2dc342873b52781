import { isSessionError, type SessionError } from "../errors.ts";
import { isPromise, type Maybe } from "../maybe.ts";
import { type ExtensionHost, OwnContext } from "./extension-context.ts";
import { extensionError, isSteering } from "./extension-error.ts";
import type { ResolvedExtension } from "./extension-policy.ts";
import type { AnyReadonlySession } from "./session.ts";
import { NoAnswer, withinLimit } from "./time-limit.ts";

/** What came of an extension that answers at once: a value, or what reading the property throws, each time. */
type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Adds the extensions to a session class: as getters of its prototype, so that listing or logging a session runs none. */
export function defineExtensions(
  prototype: object,
  extensions: readonly ResolvedExtension[],
  hostOf: (session: object) => ExtensionHost,
): void {
  for (const extension of extensions) {
    Object.defineProperty(prototype, extension.name, {
      configurable: true,
      get(this: AnyReadonlySession) {
        return extensionValue(hostOf(this), extension);
      },
    });
  }
}

/** The value of an extension in this request: made once, whatever came of it. */
export function extensionValue(host: ExtensionHost, extension: ResolvedExtension): unknown {
  const outcome = host.memo(extension.name, () => run(host, extension));
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

/** What the extension knows in this request. */
export function contextOf(host: ExtensionHost, extension: ResolvedExtension): OwnContext {
  return host.memo(`${extension.name}.context`, () => new OwnContext(host, extension));
}

function run(host: ExtensionHost, extension: ResolvedExtension): Outcome {
  const { definition } = extension;
  try {
    const value = definition.resolve(host.readonlySession(), contextOf(host, extension));
    return { value: isPromise(value) ? settled(host, extension, value) : value };
  } catch (error) {
    return failed(host, extension, error);
  }
}

function settled(host: ExtensionHost, extension: ResolvedExtension, value: PromiseLike<unknown>): Promise<unknown> {
  const limited = withinLimit(value, extension.timeLimit, host.clock).catch((error) => {
    const outcome = failed(host, extension, error);
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  });
  // Who awaits it is told. Who only began it, to have it early, must not end the process.
  limited.catch(() => undefined);
  return limited;
}

function failed(host: ExtensionHost, extension: ResolvedExtension, error: unknown): Outcome {
  if (isSteering(error)) return { error };
  const failure = noteFailure(host, extension, "resolve", error);
  const { definition } = extension;
  if (!definition.fallback) return { error: failure };
  try {
    return { value: definition.fallback(failure) };
  } catch (worse) {
    return { error: isSteering(worse) ? worse : extensionError(extension, "fallback", worse) };
  }
}

/** Reports a failure, and gives the error that stands for it. */
export function noteFailure(
  host: ExtensionHost,
  extension: ResolvedExtension,
  part: "resolve" | "signedIn" | "publicView",
  error: unknown,
): SessionError {
  const failure = isSessionError(error) ? error : extensionError(extension, part, error);
  const reason = error instanceof NoAnswer ? "no-answer" : "error";
  host.emit({
    ...{ type: "extension-failed", extension: extension.name, part, reason, code: failure.code },
    sessionId: host.record?.id ?? null,
  });
  return failure;
}

/** Waits for what a callback of an extension answers, within its time limit. */
export function inTime<T>(host: ExtensionHost, extension: ResolvedExtension, answer: Maybe<T>): Maybe<T> {
  return isPromise(answer) ? withinLimit(answer, extension.timeLimit, host.clock) : answer;
}
