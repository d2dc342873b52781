/** The largest body that an API reads, in bytes: it names one thing or two. */
const mostBytes = 4_096;

/**
 * Refuses a request whose body is larger than that, or of which nobody says how large it is: it may have no end. No more is read of one
 * than was said.
 */
export function refuseLong({ headers }: Request): Response | null {
  const length = Number(headers.get("content-length") ?? Number.POSITIVE_INFINITY);
  return length <= mostBytes ? null : Response.json({ error: "too_large" }, { status: 413 });
}
