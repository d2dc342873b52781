import type { Manager } from "../core/manager.ts";
import type { SessionTypes } from "../core/session.ts";
import type { Visit } from "../core/visit.ts";
import type { ActionBody } from "./action-body.ts";
import type { CrossSiteCheck } from "./cross-site.ts";
import type { WebExchange } from "./web-exchange.ts";

/** What an action has to work with. */
export interface Call {
  readonly request: Request;
  readonly url: URL;
  readonly exchange: WebExchange;
  readonly visit: Visit;
  readonly manager: Manager<SessionTypes>;
  readonly crossSite: CrossSiteCheck;
  /** Reads the body, once; a `Response` where it cannot be read. */
  body(): Promise<ActionBody | Response>;
}

/** One HTTP action of one method. */
export interface Action {
  /**
   * What its caller proves who it is with: the visitor's cookie (or session token), one of some secrets, a user's API key, whatever
   * a client of the token endpoint sends; or nobody asks. No other credential is looked at.
   */
  readonly credential: "cookie" | "apiKey" | "client" | "nobody" | { readonly secrets: readonly string[] };
  /** Whether its `GET` does more than a `HEAD` may. */
  readonly hasNoHead?: boolean;
  /** Whether the paths that the application exempts from the check for cross-site requests may cover it. */
  readonly mayBeExempt?: boolean;
  answer(call: Call): Promise<Response>;
}

/** The actions of one path by their method. */
export type ActionMethods = Readonly<Record<string, Action>>;

/** The actions below the base path: for each path, for each method. */
export type ActionTable = Readonly<Record<string, ActionMethods>>;

/** Looks something up by a name that a visitor chose. */
export function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
