import { cookieValues } from "../cookie/parse.ts";
import type { SessionCookie } from "../cookie/rules.ts";
import type { Policy } from "../core/policy.ts";
import type { Transport } from "../core/transport.ts";
import { SessionStateError } from "../errors.ts";
import { credentialOf, tokenFor, tokenHeader } from "./credential.ts";
import { describeDevice } from "./device.ts";
import type { Exchange } from "./exchange.ts";
import { withSnapshot } from "./snapshot-cookie.ts";

/**
 * Lets the session of one exchange travel by what the request is judged by. The response is private from now on.
 *
 * @param permit Throws where the request may change nothing (default: whoever made the exchange has seen to that).
 */
export function sessionTransport(exchange: Exchange, policy: Policy, permit: () => void = () => {}): Transport {
  const credential = credentialOf(policy, exchange);
  switch (credential.kind) {
    case "cookie":
      return transport(exchange, cookieValues(exchange.header("cookie"), policy.cookie.name), permit, (cookie) => {
        for (const each of withSnapshot(policy, cookie)) exchange.setCookie(each);
      });
    case "bearer":
      return bearerTransport(exchange, credential.token, permit);
    default:
      exchange.markPrivate();
      return otherTransport(exchange);
  }
}

/** Lets a session travel in the cookie of one exchange. */
export function cookieTransport(exchange: Exchange, presented: readonly string[], permit: () => void): Transport {
  return transport(exchange, presented, permit, (cookie) => exchange.setCookie(cookie));
}

/** Lets a session travel in headers: the token that came in one, and the next one in another. No cookie is read or set. */
function bearerTransport(exchange: Exchange, token: string | null, permit: () => void): Transport {
  const tell = (cookie: SessionCookie) => exchange.setHeader(tokenHeader, tokenFor(cookie));
  return transport(exchange, token === null ? [] : [token], permit, tell);
}

function transport(
  exchange: Exchange,
  presented: readonly string[],
  permit: () => void,
  hand: (cookie: SessionCookie) => void,
): Transport {
  exchange.markPrivate();
  return {
    presented,
    permit(kind) {
      permit();
      if (kind === "token" && exchange.isSealed()) throw headersSent();
    },
    deliver(cookie) {
      if (exchange.isSealed()) throw headersSent("It was stored all the same: await every change before you answer.");
      hand(cookie);
    },
    defer: (task) => exchange.defer(task),
    header: (name) => exchange.header(name),
    device: (devices) => describeDevice(exchange, devices),
  };
}

/** The transport of a machine's request: its cookies are not looked at, it has no session, and none begins in it. */
export function strangersTransport(exchange: Exchange): Transport {
  exchange.markPrivate();
  return sessionlessTransport(exchange, () => {
    throw new SessionStateError("SESSION_READ_ONLY", "A machine called, and has no session.", {
      hint: "Only what a visitor calls has a session to change.",
    });
  });
}

/** The transport of a request that came with a credential in its header which stands for no session. */
export function otherTransport(exchange: Pick<Exchange, "defer" | "header">): Transport {
  return sessionlessTransport(exchange, () => {
    throw new SessionStateError("UNAUTHENTICATED", "What came in the Authorization header stands for no session.", {
      hint: "Answer with 401. An API key, or a signed access token, acts for a user without a session that could be changed.",
    });
  });
}

function sessionlessTransport(exchange: Pick<Exchange, "defer" | "header">, permit: () => never): Transport {
  return {
    presented: [],
    permit,
    deliver() {},
    defer: (task) => exchange.defer(task),
    header: (name) => exchange.header(name),
  };
}

/** The error for a cookie that would come too late. */
export function headersSent(outcome = "Nothing was stored."): SessionStateError {
  return new SessionStateError(
    "HEADERS_SENT",
    "The response has begun, so the session's cookie cannot be set any more.",
    {
      hint: `Start, rotate or end the session before the first byte of the response. ${outcome}`,
    },
  );
}
