import { parseOrigin } from "../cookie/origins.ts";
import { type Problem, show } from "../cookie/rules.ts";

/** How requests of other sites are told from the application's own, and what becomes of them. */
export interface CsrfOptions {
  /**
   * `"all"` (default) refuses requests of other sites with a 403. `"report"` lets them pass with the event
   * `request-refused` and its `isReportOnly`: to see, before it counts, whom the check would turn away. Until then every site
   * that a visitor opens may act in their name.
   */
  readonly check?: "all" | "report";
  /**
   * Other origins whose pages may send requests that change something: exact origins, such as `"https://app.shop.example"`.
   * Every script there can act as the visitor.
   */
  readonly trusted?: readonly string[];
  /**
   * Paths that are not checked, exact or ending in `/*`, such as `"/api/webhooks/*"`. Any site can post there with the
   * visitor's cookie, so a handler there must not act on the session. A webhook of another server brings neither a cookie nor
   * the headers of a browser, and passes without this.
   */
  readonly exempt?: readonly string[];
  /**
   * What becomes of a request with our cookie that says nothing of where it comes from, which no browser of today sends
   * (default `"refuse"`).
   */
  readonly unmarked?: "refuse" | "pass";
  /**
   * Asks for a synchronizer token too (default `false`): in forms with our cookie that are sent to an action of the
   * application, to a handler in `withSession` (but for that of the proxy), or through the middleware. Over Node's `(req, res)` a body
   * parser has to run before, or the token to be in the header `x-csrf-token`. Needs `secrets`.
   */
  readonly tokens?: boolean;
}

/** The resolved options. */
export type CsrfPolicy = Required<CsrfOptions>;

/** Resolves the options; what is wrong with them is pushed into `problems`. */
export function resolveCsrf(given: CsrfOptions = {}, hasSecrets: boolean, problems: Problem[]): CsrfPolicy {
  const options = given as Partial<Record<keyof CsrfOptions, unknown>>;
  const invalid = (message: string, hint: string) => void problems.push({ code: "CONFIG_INVALID", message, hint });
  const { check = "all", unmarked = "refuse", tokens = false } = options;
  if (check !== "all" && check !== "report") invalid(`csrf.check is ${show(check)}.`, 'Write "all" or "report".');
  if (unmarked !== "refuse" && unmarked !== "pass")
    invalid(`csrf.unmarked is ${show(unmarked)}.`, 'Write "refuse" or "pass".');
  if (typeof tokens !== "boolean") invalid(`csrf.tokens is ${show(tokens)}.`, "Write true or false.");
  if (tokens === true && !hasSecrets) problems.push(secretsMissing);
  const trusted = listOf("csrf.trusted", options.trusted, isOrigin, 'Write like "https://app.shop.example".', invalid);
  const exempt = listOf(
    "csrf.exempt",
    options.exempt,
    isPattern,
    'Write a path like "/api/hook", or "/api/webhooks/*" for all below it; for everything there is check: "report".',
    invalid,
  );
  return { check, unmarked, tokens, trusted, exempt } as CsrfPolicy;
}

const secretsMissing: Problem = {
  code: "CONFIG_SECRET_MISSING",
  message: "csrf.tokens needs secrets, and there are none.",
  hint: "Pass secrets: [process.env.SESSION_SECRET].",
};

const isOrigin = (entry: unknown): boolean => parseOrigin(entry) !== null;
const isPattern = (entry: unknown): boolean => typeof entry === "string" && /^(?:\/[\w.~-]+)+(?:\/\*)?$/.test(entry);

function listOf(
  name: string,
  given: unknown,
  fits: (entry: unknown) => boolean,
  hint: string,
  invalid: (message: string, hint: string) => void,
): readonly string[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) {
    invalid(`${name} is ${show(given)}, not a list.`, hint);
    return [];
  }
  given.forEach((entry, index) => {
    if (!fits(entry)) invalid(`${name}[${index}] is ${show(entry)}.`, hint);
  });
  return [...given];
}

/** Tells whether a path is one of those, as it is written: what a server might yet decode is never among them. */
export function isExempt(path: string, patterns: readonly string[]): boolean {
  if (/\/\/|%(?:2e|2f|5c)/i.test(path)) return false;
  return patterns.some((pattern) =>
    pattern.endsWith("/*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
  );
}
