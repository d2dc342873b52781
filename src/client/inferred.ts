import type { PublicView } from "../core/signed-in-session.ts";
import type { InferActions } from "../http/action-definition.ts";
import type { InferView } from "../http/create-sessions.ts";

/** What the server shows of a session, by the type of its manager; the default view where no type is given. */
export type ViewOf<Sessions> = unknown extends Sessions ? PublicView : InferView<Sessions>;

/** The application's actions, by the type of its manager. */
export type ActionsOf<Sessions> = unknown extends Sessions ? Record<string, LooseAction> : InferActions<Sessions>;

/** An action of which nothing is known. */
interface LooseAction {
  readonly method: "POST";
  readonly input: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: without the type of the server's configuration nothing is known of the answer
  readonly output: any;
}

/** What is known of an action. */
export interface KnownAction {
  readonly method: unknown;
  readonly input: unknown;
  readonly output: unknown;
}

/** What an action is called with: its input, and its method where that is not `POST`. */
export type ActionArguments<Action extends KnownAction> = Action["method"] extends "POST"
  ? undefined extends Action["input"]
    ? [input?: Action["input"]]
    : [input: Action["input"]]
  : [input: Action["input"], options: { readonly method: Action["method"] }];
