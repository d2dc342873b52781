import { toMilliseconds } from "../../duration.ts";
import { withReturnTo } from "../../http/return-to.ts";
import { redirectPage } from "./page-redirect.ts";
import { isRendering } from "./render-scope.ts";
import type { Entry } from "./request-memo.ts";
import { requestHeaders } from "./request-scope.ts";
import { unauthenticated } from "./sign-in-url.ts";
import type { RequireUserOptions } from "./signatures.ts";
import type { Source } from "./source.ts";

/** Whether more is asked for than that somebody is signed in: then no copy of the session is good enough. */
export function asksForProof({ freshFor, amr, acr }: RequireUserOptions): boolean {
  return freshFor !== undefined || amr !== undefined || acr !== undefined;
}

/** Tells whether somebody is signed in, on a proof that is good enough. The visit has been loaded, user included. */
export function isSignedIn({ visit }: Entry, { freshFor, amr, acr }: RequireUserOptions): boolean {
  const age = freshFor === undefined ? undefined : toMilliseconds(freshFor, "requireUser's freshFor");
  return visit.satisfies({ freshFor: age, amr, acr });
}

/**
 * Turns a visitor away: to the sign-in page where a page was asked for, with an error where an API was.
 *
 * Inside `withSession` it is always the error: the wrapper knows what it can answer. `redirect` of `next/navigation` is
 * loaded here and not before, since the Pages Router cannot load it.
 */
export async function turnAway(
  source: Source,
  entry: Entry,
  page: string,
  options: RequireUserOptions,
): Promise<never> {
  const url = withReturnTo(page, options.returnTo ?? entry.path);
  if (!entry.isWrapped && source.kind === "page") {
    redirectPage(source, url);
    throw unauthenticated(url, redirected);
  }
  if (!entry.isWrapped && source.kind === "ambient" && (isRendering() || (await isServerAction()))) {
    const { redirect } = await import("next/navigation");
    redirect(url);
  }
  throw unauthenticated(url);
}

// Next prints what getServerSideProps throws, whatever has become of the response.
const redirected =
  "The visitor has been redirected. Wrap getServerSideProps in withSession to redirect without this error in the log.";

/**
 * Tells a Server Action from a route handler. A script names the action in a header; a form without JavaScript is posted by
 * the browser itself, as multipart. A route handler that takes such a form is taken for an action: it redirects, too.
 */
async function isServerAction(): Promise<boolean> {
  const headers = await requestHeaders();
  if (headers.get("next-action") !== null) return true;
  const isForm = headers.get("content-type")?.startsWith("multipart/form-data") ?? false;
  return isForm && (headers.get("accept")?.includes("text/html") ?? false);
}
