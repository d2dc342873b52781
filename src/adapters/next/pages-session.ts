import type { NodeRequest, NodeResponse } from "../../http/node-exchange.ts";

/** The data of a session: any JSON value under any key. */
export type SessionData = Record<string, unknown>;

/** One request's session, as the functions of `coatcheck/next/pages` see it. */
export interface PageSession {
  /** The public id, or `null` where there is no session; `begin` starts one first. */
  id(begin: boolean): Promise<string | null>;
  /** The data as a copy of the caller's own; without a session `{}`. */
  data(): Promise<SessionData>;
  set(change: unknown): Promise<void>;
  replace(data: unknown): Promise<void>;
  pluck(name: unknown): Promise<unknown>;
  destroy(): Promise<void>;
  issueCSRFToken(form: unknown): Promise<string>;
  takeCSRFToken(token: unknown, form: unknown): Promise<boolean>;
}

/** Finds the session of a request: one for each request, however often it is asked for. */
export type OpenPageSession = (request: NodeRequest, response: NodeResponse) => Promise<PageSession>;
