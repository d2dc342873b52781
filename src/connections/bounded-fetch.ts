import type { Runtime } from "../runtime.ts";
import { NoAnswer } from "../time-limit.ts";

/** How much of an answer is read, in bytes: metadata, keys and tokens are far smaller. */
const largestAnswer = 524_288;

/** No redirect is followed, and no framework keeps an answer for the next user: Next.js 14 would. */
const always = { redirect: "manual", cache: "no-store" } as const;

/** The `fetch` of the application, or of its tests. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Makes a `fetch` that ends: within the time limit, body included, and with no more of it than {@link largestAnswer}.
 * GitHub says what is wrong with a status of 200: such an answer is given the status that RFC 6749 section 5.2 asks for.
 */
export function boundedFetch(fetch: Fetch, timeLimit: number, runtime: Runtime): Fetch {
  return async (url, init) => {
    const controller = new AbortController();
    let cancel = () => {};
    const tooLate = new Promise<never>((_, reject) => {
      cancel = runtime.after(timeLimit, () => {
        const error = new NoAnswer(`no answer within ${timeLimit} ms`);
        reject(error);
        controller.abort(error);
      });
    });
    const answer = ask(fetch, url, { ...init, ...always, signal: controller.signal });
    answer.catch(() => undefined); // when it comes too late, nobody waits for it
    try {
      return await Promise.race([answer, tooLate]);
    } finally {
      cancel();
    }
  };
}

async function ask(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const { status, headers } = response;
  const body = await textOf(response);
  const isRefusal = status === 200 && /^\s*\{/.test(body) && typeof errorIn(body) === "string";
  return new Response(status === 204 || status === 304 ? null : body, { status: isRefusal ? 400 : status, headers });
}

async function textOf({ body }: Response): Promise<string> {
  if (!body) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    length += step.value.length;
    if (length > largestAnswer) {
      await reader.cancel().catch(() => undefined);
      throw new Error(`the answer has more than ${largestAnswer} bytes`);
    }
    text += decoder.decode(step.value, { stream: true });
  }
  return text + decoder.decode();
}

function errorIn(body: string): unknown {
  try {
    return (JSON.parse(body) as { readonly error?: unknown }).error;
  } catch {
    return undefined;
  }
}
