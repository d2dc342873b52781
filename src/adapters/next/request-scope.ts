import { cookies, headers } from "next/headers.js";
import type { SessionCookie } from "../../cookie/rules.ts";
import { SessionStateError } from "../../errors.ts";
import { isSteering } from "../../http/thrown.ts";

/** The headers of the request that Next is answering: one object for the whole of it, the action and its render included. */
export interface RequestHeaders {
  get(name: string): string | null;
}

/**
 * The headers of the request at hand.
 *
 * It is the first thing that every function awaits, before any clock or randomness: while Next prerenders, it stops here.
 * So there is no time limit around it, and what Next throws to say so goes through as it is.
 *
 * @throws {@link SessionStateError} `NO_REQUEST`: there is none.
 */
export async function requestHeaders(): Promise<RequestHeaders> {
  try {
    return await headers();
  } catch (error) {
    throw isOutside(error) ? noRequest(error) : error;
  }
}

/** The same, or `null` where there is no request. */
export async function requestHeadersOrNull(): Promise<RequestHeaders | null> {
  try {
    return await headers();
  } catch (error) {
    if (isOutside(error)) return null;
    throw error;
  }
}

/** Sets a cookie on the response that Next is making. Asked anew each time: in Next 14 an old answer stays writable. */
export async function setResponseCookie({ name, value, attributes }: SessionCookie): Promise<void> {
  try {
    const jar = await cookies();
    jar.set(name, value, attributes);
  } catch (error) {
    throw isRefusal(error) ? readOnly(error) : error;
  }
}

/** The error for a change where there is no response to set a cookie on, or where rendering must have no effect. */
export function readOnly(cause?: unknown): SessionStateError {
  return new SessionStateError(
    "SESSION_READ_ONLY",
    "The session cannot be changed here: Server Components only read it.",
    {
      hint:
        "Change it in a Server Action or a Route Handler, or in the proxy (middleware) inside withSession. " +
        "Work given to after() can change nothing either: do it before the response.",
      ...(cause !== undefined && { cause }),
    },
  );
}

function noRequest(cause: unknown): SessionStateError {
  return new SessionStateError("NO_REQUEST", "There is no request whose session this could be.", {
    hint:
      "Call it while a request is answered. In the Pages Router pass what you were given: (context) in getServerSideProps, " +
      "(req, res) in an API route.",
    cause,
  });
}

// Next gives these errors neither a code nor a digest; their text is all there is.
function isOutside(error: unknown): boolean {
  return !isSteering(error) && /outside a request scope/.test(messageOf(error));
}

function isRefusal(error: unknown): boolean {
  return !isSteering(error) && /^Cookies can only be modified/.test(messageOf(error));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String((error as { message?: unknown } | null)?.message ?? "");
}
