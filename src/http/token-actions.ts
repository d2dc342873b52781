import type { OpenTokens, TokenService } from "../core/token-issuer.ts";
import type { ActionTable } from "./action.ts";

/** Tokens with the actions by which others reach them. */
export interface ServedTokens extends OpenTokens {
  readonly actions: ActionTable;
}

/** The actions of tokens; none where there are no tokens. */
export function actionsOf(tokens: TokenService): ActionTable {
  return "actions" in tokens ? (tokens as ServedTokens).actions : {};
}
