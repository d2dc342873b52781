/**
 * Puts a cookie into a `Cookie` header in place of every other one of that name, or takes it out where the value is
 * `null`. The other cookies stay as they were sent. Names match byte for byte.
 */
export function replaceCookie(header: string | null, name: string, value: string | null): string | null {
  const parts = (header ?? "").split(";").filter((part) => part.trim() !== "" && nameOf(part) !== name);
  const kept = parts.map((part) => part.replace(/^[ \t]+/, ""));
  if (value !== null) kept.push(`${name}=${value}`);
  return kept.length > 0 ? kept.join("; ") : null;
}

function nameOf(part: string): string {
  const sign = part.indexOf("=");
  return (sign === -1 ? part : part.slice(0, sign)).replace(/^[ \t]+|[ \t]+$/g, "");
}
