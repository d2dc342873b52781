import type { PendingFlow } from "./pending-flows.ts";

/** Why nothing came of it, as the visitor's page is told. */
export type ConnectionError = "cancelled" | "expired" | "failed" | "refused" | "limit";

/** Whoever links is sent back to where they were; whoever wanted to sign in, to where one does. */
export function failurePathOf(
  { failurePath }: { readonly failurePath: string },
  flow: Pick<PendingFlow, "purpose" | "returnTo"> | undefined,
  error: ConnectionError,
  provider: string,
): string {
  const path = flow?.purpose === "link" ? flow.returnTo : failurePath;
  const url = new URL(path, "https://coatcheck.invalid");
  url.searchParams.set("connection_error", error);
  url.searchParams.set("provider", provider);
  return url.pathname + url.search + url.hash;
}

/** Sends a browser on. The address that it comes from may have a code in it: no page may pass it on (RFC 9700 section 4.2.4). */
export function sendOn(location: string): Response {
  return new Response(null, { status: 303, headers: { location, "referrer-policy": "no-referrer" } });
}
