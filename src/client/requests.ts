import type { Clock } from "../runtime.ts";
import { SessionClientError } from "./client-error.ts";

/** Sends requests to the session actions of the server, and learns from their answers what time it is there. */
export interface Requests {
  /** What a read answers. A passive one is no activity of the visitor's: it leaves the idle deadline where it is. */
  get(path: string, passive?: boolean): Promise<never>;
  post(path: string, body?: unknown): Promise<never>;
  /** What any other request answers. */
  send(path: string, init: RequestInit): Promise<never>;
  /** The present instant by the server's clock, as well as the answers so far have told it. */
  now(): number;
}

/** What requests are made with. */
export interface RequestParts {
  readonly basePath: string;
  readonly fetch: typeof fetch | undefined;
  /** How long one may take, in milliseconds. Callers share requests: one that hangs would keep all of them waiting. */
  readonly limit: number;
  readonly clock: Clock;
}

export function createRequests({ basePath, fetch: given, limit, clock }: RequestParts): Requests {
  let offset = 0;

  async function send(path: string, init?: RequestInit): Promise<never> {
    const sentAt = clock.now();
    let status = 0;
    let error: unknown = "network";
    let cause: unknown;
    try {
      const response = await (given ?? fetch)(basePath + path, {
        ...init,
        credentials: "same-origin",
        signal: AbortSignal.timeout(limit),
      });
      status = response.status;
      error = "unexpected_answer";
      // Stamped between sending and arrival: the middle is wrong by half the round trip at most.
      const serverTime = Number(response.headers.get("coatcheck-time"));
      if (serverTime > 0) offset = serverTime - (sentAt + clock.now()) / 2;
      const answer = await response.json();
      if (response.ok) return answer as never;
      error = answer?.error ?? error;
    } catch (caught) {
      cause = caught;
    }
    throw new SessionClientError(status, `${error}`, { cause });
  }

  return {
    send,
    get: (path, passive) => send(path, passive ? { headers: { "coatcheck-passive": "1" } } : {}),
    post: (path, body = {}) =>
      send(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    now: () => clock.now() + offset,
  };
}
