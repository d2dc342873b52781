import { SessionExtensionError } from "../errors.ts";
import { chain, isPromise, type Maybe } from "../maybe.ts";
import type { ExtensionHost } from "./extension-context.ts";
import { isSteering } from "./extension-error.ts";
import type { ResolvedExtension } from "./extension-policy.ts";
import { contextOf, extensionValue, inTime, noteFailure } from "./extension-run.ts";
import type { Policy } from "./policy.ts";
import { NoAnswer, withinLimit } from "./time-limit.ts";

/** What of a session reaches the browser: the application's public view, and what the extensions show. */
export function clientView(host: ExtensionHost, policy: Policy, view: unknown): Maybe<unknown> {
  const { callbackTimeLimit, runtime, extensions } = policy;
  const own = isPromise(view) ? withinLimit(view, callbackTimeLimit, runtime).catch(withoutView) : view;
  return withExtensionViews(
    host,
    extensions,
    chain(own, (settled) => settled ?? null),
  );
}

function withoutView(error: unknown): never {
  if (!(error instanceof NoAnswer)) throw error;
  throw new SessionExtensionError("EXTENSION_FAILED", "publicView did not answer in time.", {
    hint: "Show what is at hand, or raise callbackTimeLimit.",
    cause: error,
  });
}

/**
 * Adds to a public view what the extensions show of themselves, each under its name. What the application's own view has under
 * that name stands. One that fails is left out, and its failure is an event: what a browser does not see, it has not.
 */
function withExtensionViews(
  host: ExtensionHost,
  extensions: readonly ResolvedExtension[],
  view: Maybe<unknown>,
): Maybe<unknown> {
  const showing = extensions.filter(({ definition }) => definition.publicView);
  if (showing.length === 0) return view;
  return chain(view, async (own) => {
    if (typeof own !== "object" || own === null || Array.isArray(own)) return own;
    const asked = showing.filter(({ name }) => !Object.hasOwn(own, name));
    const views = await Promise.all(asked.map(async (extension) => [extension.name, await viewOf(host, extension)]));
    return { ...Object.fromEntries(views.filter(([, shown]) => shown !== undefined)), ...own };
  });
}

async function viewOf(host: ExtensionHost, extension: ResolvedExtension): Promise<unknown> {
  const { definition } = extension;
  let value: unknown;
  try {
    value = await extensionValue(host, extension);
  } catch (error) {
    if (isSteering(error)) throw error;
    return undefined; // reported where it failed
  }
  try {
    const shown = definition.publicView?.(value, host.shownSession());
    return isPromise(shown) ? await inTime(host, extension, shown) : shown;
  } catch (error) {
    noteFailure(host, extension, "publicView", error);
    return undefined;
  }
}

/** Tells the extensions that somebody has signed in, and waits for them. What fails is an event. */
export async function tellSignedIn(host: ExtensionHost, extensions: readonly ResolvedExtension[]): Promise<void> {
  for (const extension of extensions) {
    const { definition } = extension;
    if (!definition.signedIn) continue;
    try {
      await inTime(host, extension, definition.signedIn(host.readonlySession(), contextOf(host, extension)));
    } catch (error) {
      noteFailure(host, extension, "signedIn", error);
    }
  }
}
