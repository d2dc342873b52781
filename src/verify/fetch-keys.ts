import type { Clock } from "../runtime.ts";

/** How a set of keys is asked for. */
export interface KeysRequest {
  readonly url: string;
  /** How long an answer may take, in milliseconds, from the first byte sent to the last one read. */
  readonly timeLimit: number;
  /** The most bytes that are read. */
  readonly mostBytes: number;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/**
 * Asks for a set of keys once, and answers its keys as they were sent.
 *
 * @throws Where there is no answer in time, or none that is a set of keys. Redirects are not followed: the address is configured.
 */
export async function fetchKeys({ url, timeLimit, mostBytes, fetch, clock }: KeysRequest): Promise<readonly unknown[]> {
  const abort = new AbortController();
  const cancel = clock.after(timeLimit, () => abort.abort(new Error(`no answer within ${timeLimit} ms`)));
  try {
    const headers = { accept: "application/jwk-set+json, application/json" };
    const response = await fetch(url, { headers, redirect: "manual", signal: abort.signal });
    if (response.status !== 200) throw new Error(`the answer has status ${response.status}`);
    const { keys } = (JSON.parse(await readText(response, mostBytes)) ?? {}) as { readonly keys?: unknown };
    if (!Array.isArray(keys)) throw new Error("the answer is no set of keys");
    return keys;
  } finally {
    cancel();
    abort.abort(); // what was not read is not wanted
  }
}

async function readText({ body }: Response, mostBytes: number): Promise<string> {
  if (!body) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let [text, read] = ["", 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    read += value.byteLength;
    if (read > mostBytes) throw new Error(`the answer has more than ${mostBytes} bytes`);
    text += decoder.decode(value, { stream: true });
  }
}
