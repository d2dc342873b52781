import { type Problem, show } from "../cookie/rules.ts";

/** What a browser can be asked to forget of this origin. */
export type SiteData = "cache" | "cookies" | "storage";

/** What signing out over HTTP does beside ending the session. */
export interface SignOutOptions {
  /**
   * What the browser shall forget of this origin after a sign-out, by `Clear-Site-Data` (default: nothing). `"cache"` can take
   * a browser seconds; `"cookies"` takes every cookie of the site, those of others too.
   *
   * @see {@link https://www.w3.org/TR/clear-site-data/ W3C: Clear Site Data}
   */
  readonly clearSiteData?: readonly SiteData[];
}

const known: readonly unknown[] = ["cache", "cookies", "storage"];

/** Finds what is wrong with the options. */
export function signOutProblems(options: SignOutOptions | undefined): Problem[] {
  const given: unknown = options?.clearSiteData ?? [];
  const wrong = Array.isArray(given) ? given.filter((entry) => !known.includes(entry)) : [given];
  return wrong.map((entry) => ({
    code: "CONFIG_INVALID",
    message: `signOut.clearSiteData has ${show(entry)}.`,
    hint: 'Write a list of "cache", "cookies" and "storage".',
  }));
}

/** Adds the header to an answer that says that somebody is signed out. */
export function clearSiteData(response: Response, { clearSiteData: data = [] }: SignOutOptions): Response {
  if (data.length > 0) response.headers.set("clear-site-data", data.map((kind) => `"${kind}"`).join(", "));
  return response;
}
