import type { Runtime } from "../runtime.ts";
import { SessionClientError } from "./client-error.ts";

/** One request to the session actions of the server. */
export interface ClientRequest {
  readonly method?: "GET" | "POST";
  readonly body?: unknown;
  /** Whether the request is no activity of the visitor's: it leaves the idle deadline where it is. */
  readonly passive?: boolean;
}

/** Sends requests, and learns from their answers what time it is at the server. */
export interface Requests {
  send(path: string, request?: ClientRequest): Promise<unknown>;
  /** The present instant by the server's clock, as well as the answers so far have told it. */
  now(): number;
}

/** What requests are made with. */
export interface RequestParts {
  readonly basePath: string;
  readonly fetch: typeof fetch | undefined;
  readonly limit: number;
  readonly runtime: Runtime;
}

export function createRequests({ basePath, fetch: given, limit, runtime }: RequestParts): Requests {
  let offset = 0;

  function noteTime(response: Response, sentAt: number): void {
    const serverTime = Number(response.headers.get("coatcheck-time") ?? Number.NaN);
    // The stamp was made between sending and arrival: the middle is wrong by half the round trip at most.
    if (Number.isFinite(serverTime)) offset = serverTime - (sentAt + runtime.now()) / 2;
  }

  async function exchange(path: string, { method = "GET", body, passive }: ClientRequest, signal: AbortSignal) {
    const sentAt = runtime.now();
    const response = await (given ?? fetch)(basePath + path, {
      method,
      signal,
      cache: "no-store",
      credentials: "same-origin",
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(passive && { "coatcheck-passive": "1" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    noteTime(response, sentAt);
    return { response, answer: await response.json().catch(() => undefined) };
  }

  return {
    now: () => runtime.now() + offset,
    async send(path, request = {}) {
      // Callers share one request: one that hangs for ever would keep all of them waiting.
      const controller = new AbortController();
      const cancel = runtime.background(limit, () => controller.abort());
      const { response, answer } = await exchange(path, request, controller.signal)
        .catch((cause) => {
          throw new SessionClientError(0, "network", { cause });
        })
        .finally(cancel);
      if (response.ok && answer !== undefined) return answer;
      const name: unknown = answer?.error;
      throw new SessionClientError(response.status, typeof name === "string" ? name : "unexpected_answer");
    },
  };
}
