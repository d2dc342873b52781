import type { SessionTypes } from "../../core/session.ts";
import type { Sessions } from "../../http/create-sessions.ts";
import { arrivedAt } from "../../http/node-exchange.ts";
import { describeStatus, statusOf } from "../../http/responses.ts";
import { unwrapped } from "./control-flow.ts";
import { signInUrlOf } from "./sign-in-url.ts";
import type { PageRedirect } from "./signatures.ts";
import type { Source } from "./source.ts";
import type { FindVisit } from "./visits.ts";
import type { RequestHandler } from "./with-session.ts";

type NodeSource = Extract<Source, { kind: "api" | "page" }>;

/** Answers one request of the Pages Router, with its session at hand. */
export async function answerPagesWithSession<Types extends SessionTypes>(
  sessions: Sessions<Types>,
  find: FindVisit,
  handler: RequestHandler,
  source: NodeSource,
): Promise<unknown> {
  const entry = await find(source);
  entry.isWrapped = true;
  if (!sessions.crossSite.admits(arrivedAt(source.req))) return refuse(source);
  entry.isAdmitted = true;
  try {
    await entry.visit.load();
    const given = source.kind === "page" ? source.context : source.req;
    Object.defineProperty(given, "session", { value: sessions.sessionOf(entry.visit), configurable: true });
    return await handler(given as never, source.res as never);
  } catch (error) {
    return answerError(unwrapped(error), source);
  }
}

// A page is not rendered any more once its response has ended; Next only wants some props all the same.
function refuse(source: NodeSource): { readonly props: object } | undefined {
  answerStatus(source, 403);
  return source.kind === "page" ? { props: {} } : undefined;
}

function answerError(error: unknown, source: NodeSource): PageRedirect | undefined {
  if (source.kind === "page") return pageRedirect(error);
  const status = statusOf(error);
  if (status === null || source.res.headersSent) throw error;
  answerStatus(source, status);
  return undefined;
}

function answerStatus({ res }: NodeSource, status: number): void {
  const response = res as typeof res & { end(body: string): void };
  const { body, headers } = describeStatus(status);
  response.writeHead(status, headers);
  response.end(body);
}

function pageRedirect(error: unknown): PageRedirect {
  const destination = signInUrlOf(error);
  if (destination === null) throw error;
  return { redirect: { destination, permanent: false } };
}
