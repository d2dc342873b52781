import type { IncomingMessage, ServerResponse } from "node:http";
import { cookieLines, nodeExchange } from "../../http/node-exchange.ts";
import { describeStatus, errorResponse, statusOf } from "../../http/responses.ts";
import { webExchange } from "../../http/web-exchange.ts";
import { systemRuntime } from "../../runtime.ts";
import type { LuciaImporter } from "./importer.ts";

/**
 * Connect-style middleware: moves the session of a request with Lucia's cookie, sets both cookies, and goes on with a request
 * that has ours. Put it before `sessionMiddleware`. A store that does not answer becomes a 503.
 *
 * A later `Set-Cookie` of the same name, such as a sign-out's, takes the place of ours.
 *
 * @example
 * app.use(luciaImportMiddleware(importer))
 * app.use(sessionMiddleware(sessions))
 */
export function luciaImportMiddleware(
  importer: LuciaImporter,
): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void {
  return (request, response, next) => {
    importer.importRequest(request.headers.cookie).then(
      (imported) => {
        if (imported) {
          request.headers.cookie = imported.cookieHeader;
          keepCookies(request, response, imported.setCookies);
        }
        next();
      },
      (error) => {
        if (!answerError(response, error)) next(error);
      },
    );
  };
}

/**
 * Gives a handler of Fetch API requests the request with our cookie in the place of Lucia's, and adds both cookies to its
 * response, which is marked private. A store that does not answer becomes a 503.
 *
 * @example
 * Bun.serve({ fetch: withLuciaImport(importer, withSession(sessions, handler)) })
 */
export function withLuciaImport<Rest extends unknown[]>(
  importer: LuciaImporter,
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const imported = await importer.importRequest(request.headers.get("cookie")).catch(errorResponse);
    if (imported instanceof Response) return imported;
    if (!imported) return handler(request, ...rest);
    const headers = new Headers(request.headers);
    headers.set("cookie", imported.cookieHeader);
    // An error of ours becomes a response here already, so that the cookies are on it.
    const answered = async () => handler(new Request(request, { headers }), ...rest);
    const finished = webExchange(request, systemRuntime).finish(await answered().catch(errorResponse));
    const lines = missingLines(finished.headers.getSetCookie(), imported.setCookies);
    for (const line of lines) finished.headers.append("set-cookie", line);
    return finished;
  };
}

/** Sets the cookies now, and once more when the head is written, where the application has overwritten them. */
function keepCookies(request: IncomingMessage, response: ServerResponse, lines: readonly string[]): void {
  const { writeHead } = response;
  const assert = (head: ServerResponse) => {
    const present = cookieLines(head);
    head.setHeader("set-cookie", [...present, ...missingLines(present, lines)]);
  };
  assert(response);
  response.writeHead = function writeHeadWithCookies(this: ServerResponse, ...head: unknown[]) {
    if (!this.headersSent) assert(this);
    return (writeHead as (this: ServerResponse, ...head: unknown[]) => ServerResponse).apply(this, head);
  } as ServerResponse["writeHead"];
  // Outermost: it turns what is given to writeHead itself into headers that are seen above.
  nodeExchange(request, response, systemRuntime).markPrivate();
}

function missingLines(present: readonly string[], lines: readonly string[]): string[] {
  const names = new Set(present.map(nameOf));
  return lines.filter((line) => !names.has(nameOf(line)));
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf("=")).trim();
}

function answerError(response: ServerResponse, error: unknown): boolean {
  const status = statusOf(error);
  if (status === null || response.headersSent) return false;
  const { body, headers } = describeStatus(status);
  response.writeHead(status, headers).end(body);
  return true;
}
