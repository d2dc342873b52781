import { errorResponse, isResponse, statusOf, statusResponse } from "./responses.ts";
import type { WebExchange } from "./web-exchange.ts";

/**
 * Answers what a handler of the application threw: an error of ours with its status. Everything else is thrown on, unless the
 * visitor has a new token by then and the old one is dead: with no response there would be no cookie. So a mistake is
 * printed and answered with a 500, and a response that was thrown is thrown with the cookie.
 */
export function answerThrown(error: unknown, exchange: WebExchange): Response {
  if (isResponse(error)) throw exchange.finish(error);
  if (statusOf(error) !== null || !exchange.hasCookies() || isSteering(error)) return errorResponse(error);
  console.error(error);
  return statusResponse(500);
}

/** Tells the errors by which Next steers: redirects, not-found, and "this page cannot be prerendered". */
export function isSteering(error: unknown): boolean {
  return typeof (error as { digest?: unknown } | null | undefined)?.digest === "string";
}
