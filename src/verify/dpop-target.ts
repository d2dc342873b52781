/**
 * Whether a proof's `htu` is the address of a request: scheme, host, port and path, each in its normal form. Query and fragment
 * are not looked at.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.3 RFC 9449: checking DPoP proofs, step 9}
 */
export function isSameTarget(htu: string, url: string): boolean {
  const [claimed, real] = [targetOf(htu), targetOf(url)];
  return claimed !== null && claimed === real;
}

function targetOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, origin, pathname } = new URL(address);
  return /^https?:$/.test(protocol) ? origin + normalPath(pathname) : null;
}

/** RFC 3986 section 6.2.2: letters that need no encoding are written as they are, and the digits of others in upper case. */
function normalPath(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (code) => {
    const letter = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[\w.~-]/.test(letter) ? letter : code.toUpperCase();
  });
}
