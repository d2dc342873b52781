import { type Clock, systemClock } from "../runtime.ts";
import { SessionClientError } from "./client-error.ts";

/**
 * Sends requests to the session actions of the server, with the cookies of the page's own origin as `fetch` does, and learns from their
 * answers what time it is there.
 */
export interface Requests {
  /** What a read answers. A passive one is no activity of the visitor's: it leaves the idle deadline where it is. */
  read(path: string, passive?: boolean): Promise<never>;
  /** What a change answers; `POST`, unless another method is named. */
  post(path: string, body?: unknown, method?: string): Promise<never>;
  /** The present instant by the server's clock, as well as the answers so far have told it. */
  now(): number;
}

/**
 * Makes requests to the actions under a path.
 *
 * @param limit How long one may take, in milliseconds. Callers share requests: one that hangs would keep all of them waiting.
 * @param given Sends them: the global `fetch` of the time, where there is none.
 */
export function createRequests(
  basePath: string,
  limit: number,
  clock: Clock = systemClock,
  given?: typeof fetch,
): Requests {
  let offset = 0;

  async function send(path: string, init: RequestInit): Promise<never> {
    const sentAt = clock.now();
    let status = 0;
    let error: unknown = "network";
    let cause: unknown;
    try {
      const response = await (given ?? fetch)(basePath + path, {
        ...init,
        signal: AbortSignal.timeout(limit),
      });
      status = response.status;
      error = "unexpected_answer";
      // Stamped between sending and arrival: the middle is wrong by half the round trip at most.
      const serverTime = Number(response.headers.get("coatcheck-time"));
      if (serverTime) offset = serverTime - (sentAt + clock.now()) / 2;
      const answer = await response.json();
      if (response.ok) return answer as never;
      error = answer.error ?? error;
    } catch (caught) {
      cause = caught;
    }
    throw new SessionClientError(status, `${error}`, { cause });
  }

  return {
    read: (path, passive) => send(path, { headers: passive ? { "coatcheck-passive": "1" } : {} }),
    post: (path, body = {}, method = "POST") =>
      send(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    now: () => clock.now() + offset,
  };
}
