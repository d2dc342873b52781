/**
 * Tells whether an `Origin` header names one of the hosts, or of the origins, that are given. A header that is missing or
 * malformed names none. `sessions.handler` and the proxy check `Sec-Fetch-Site` as well and need no help.
 *
 * @example
 * verifyRequestOrigin(request.headers.get("origin"), [request.headers.get("host") ?? ""])
 */
export function verifyRequestOrigin(origin: string | null | undefined, hosts: readonly string[]): boolean {
  const host = origin ? hostOf(origin) : null;
  return (
    host !== null && hosts.some((own) => own !== "" && hostOf(/^https?:/.test(own) ? own : `https://${own}`) === host)
  );
}

function hostOf(address: string): string | null {
  try {
    const { protocol, host } = new URL(address);
    return (protocol === "https:" || protocol === "http:") && host !== "" ? host : null;
  } catch {
    return null;
  }
}
