import { cookieValues } from "../cookie/parse.ts";
import type { Transport } from "../core/transport.ts";
import { SessionStateError } from "../errors.ts";
import { describeDevice } from "./device.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Lets a session travel in the cookie of one exchange. The response is private from now on.
 *
 * @param permit Throws where the request may change nothing (default: whoever made the exchange has seen to that).
 */
export function cookieTransport(exchange: Exchange, cookieName: string, permit: () => void = () => {}): Transport {
  exchange.markPrivate();
  return {
    presented: cookieValues(exchange.header("cookie"), cookieName),
    permit(kind) {
      permit();
      if (kind === "token" && exchange.isSealed()) throw headersSent();
    },
    deliver(cookie) {
      if (exchange.isSealed()) throw headersSent("It was stored all the same: await every change before you answer.");
      exchange.setCookie(cookie);
    },
    defer: (task) => exchange.defer(task),
    header: (name) => exchange.header(name),
    device: (devices) => describeDevice(exchange, devices),
  };
}

/** The transport of a request whose cookies are not looked at: it has no session, and none begins in it. */
export function strangersTransport(exchange: Exchange): Transport {
  exchange.markPrivate();
  return {
    presented: [],
    permit() {
      throw new SessionStateError("SESSION_READ_ONLY", "A machine called, and has no session.", {
        hint: "Only what a visitor's browser calls has a session to change.",
      });
    },
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
