import type { Policy } from "../../core/policy.ts";
import type { SessionTypes } from "../../core/session.ts";
import { invalidToken } from "../../http/bearer.ts";
import type { Sessions } from "../../http/create-sessions.ts";
import { isRefused } from "../../http/credential.ts";
import { crossSiteError } from "../../http/cross-site.ts";
import { admitsForm, parsedToken } from "../../http/form-token.ts";
import { arrivedAt, nodeExchange } from "../../http/node-exchange.ts";
import { describeStatus, statusOf } from "../../http/responses.ts";
import { renewSnapshot } from "../../http/snapshot-cookie.ts";
import { unwrapped } from "./control-flow.ts";
import type { Entry } from "./request-memo.ts";
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
  const arrived = arrivedAt(source.req);
  if (!sessions.crossSite.admits(arrived)) return refuse(source, 403, crossSiteError());
  entry.isAdmitted = true;
  try {
    await entry.visit.load();
    if (await isRefused(sessions.policy, arrived, entry.visit)) return refuse(source, 401, undefined, invalidToken);
    if (!(await admitsForm(sessions, arrived, entry.visit.record, () => parsedToken(source.req))))
      return refuse(source, 403, crossSiteError());
    if (source.kind === "api") await renewApiSnapshot(sessions, entry, source);
    const given = source.kind === "page" ? source.context : source.req;
    Object.defineProperty(given, "session", { value: sessions.sessionOf(entry.visit), configurable: true });
    return await handler(given as never, source.res as never);
  } catch (error) {
    return answerError(unwrapped(error), source, sessions.policy);
  }
}

async function renewApiSnapshot<Types extends SessionTypes>(
  manager: Sessions<Types>,
  { visit, readAt }: Entry,
  { req, res }: NodeSource,
): Promise<void> {
  const { snapshot, runtime } = manager.policy;
  if (snapshot) await renewSnapshot({ manager, exchange: nodeExchange(req, res, runtime), visit, readAt });
}

// A page is not rendered any more once its response has ended; Next only wants some props all the same.
function refuse(
  source: NodeSource,
  status: number,
  error: unknown,
  more: More = {},
): { readonly props: object } | undefined {
  answer(source, status, error, more);
  return source.kind === "page" ? { props: {} } : undefined;
}

function answerError(error: unknown, source: NodeSource, { bearer }: Policy): PageRedirect | undefined {
  if (source.kind === "page") return pageRedirect(error);
  const status = statusOf(error);
  if (status === null || source.res.headersSent) throw error;
  answer(source, status, error, bearer && status === 401 ? { "www-authenticate": "Bearer" } : {});
  return undefined;
}

type More = Readonly<Record<string, string>>;

function answer({ res }: NodeSource, status: number, error: unknown, more: More): void {
  const response = res as typeof res & { end(body: string): void };
  const { body, headers } = describeStatus(status, error);
  response.writeHead(status, { ...headers, ...more });
  response.end(body);
}

function pageRedirect(error: unknown): PageRedirect {
  const destination = signInUrlOf(error);
  if (destination === null) throw error;
  return { redirect: { destination, permanent: false } };
}
