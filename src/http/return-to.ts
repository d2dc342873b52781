/**
 * Makes a redirect target safe: answers it when it is a path of this site, and `fallback` otherwise. Never throws.
 *
 * Accepted is what begins with one slash and holds no backslash, no control character and no white space before its query:
 * browsers turn `/\evil.example`, `//evil.example` and their disguises into another site.
 *
 * @see {@link https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html OWASP: unvalidated redirects}
 */
export function safeReturnTo(target: unknown, fallback = "/"): string {
  if (typeof target !== "string" || target.length > 2_048) return fallback;
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(target) || disguisesSlash(target)) return fallback;
  try {
    const url = new URL(target, "https://coatcheck.invalid");
    return url.origin === "https://coatcheck.invalid" && !url.pathname.startsWith("//")
      ? url.pathname + url.search + url.hash
      : fallback;
  } catch {
    return fallback;
  }
}

// "/%2F…", "/%5C…" and "/%09/…" are harmless until something on the way decodes them once more.
function disguisesSlash(target: string): boolean {
  return /^\/(?:%(?:2f|5c|0[0-9a-f]|1[0-9a-f]|7f|20))/i.test(target);
}

/** A path with the way back added, where it is known. */
export function withReturnTo(path: string, returnTo: string | null): string {
  if (returnTo === null) return path;
  const separator = path.includes("?") ? "&" : "?";
  return `${path}${separator}returnTo=${encodeURIComponent(safeReturnTo(returnTo))}`;
}
