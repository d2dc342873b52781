import type { AuthjsSessionMethods } from "./port.ts";

/** Sessions as callbacks and `auth()` may see them: who spreads one, or answers it as JSON, leaves its token out. */
export function hidingTokens<Methods extends AuthjsSessionMethods<unknown>>(adapter: Methods): Methods {
  return {
    ...adapter,
    async getSessionAndUser(sessionToken: string) {
      const found = await adapter.getSessionAndUser(sessionToken);
      if (found) Object.defineProperty(found.session, "sessionToken", { enumerable: false });
      return found;
    },
  };
}
