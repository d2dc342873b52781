/** PostgreSQL refuses a payload of 8,000 bytes. */
const mostBytes = 7_900;

const utf8 = new TextEncoder();

/**
 * Writes ids as payloads, each a JSON list in ASCII. An id that fits into none is told as an empty list: who reads it knows
 * that something has changed, and not what.
 */
export function packIds(ids: readonly string[]): string[] {
  const payloads: string[] = [];
  let size = Number.POSITIVE_INFINITY;
  let group: string[] = [];
  for (const id of new Set(ids)) {
    const text = JSON.stringify(id);
    const bytes = utf8.encode(text).length + 1;
    if (bytes + 2 > mostBytes) {
      payloads.push("[]");
      continue;
    }
    if (size + bytes > mostBytes) {
      flush();
      size = 2;
    }
    group.push(text);
    size += bytes;
  }
  flush();
  return payloads;

  function flush(): void {
    if (group.length > 0) payloads.push(`[${group.join(",")}]`);
    group = [];
  }
}

/** Reads a payload; `null` where it does not say which sessions have changed. */
export function unpackIds(payload: string): readonly string[] | null {
  try {
    const ids: unknown = JSON.parse(payload);
    return Array.isArray(ids) && ids.length > 0 && ids.every((id) => typeof id === "string") ? ids : null;
  } catch {
    return null;
  }
}
