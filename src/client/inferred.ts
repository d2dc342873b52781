import type { Manager } from "../core/manager.ts";

/** What the server shows where its configuration has no `publicView` of its own. */
export interface DefaultView {
  readonly id: string;
  readonly userId: string;
  readonly authenticatedAt: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  readonly version: number;
}

/** What the server shows of a session, by the type of its manager: `ViewOf<typeof sessions>`. */
export type ViewOf<Sessions> =
  Sessions extends Manager<infer Types>
    ? Types extends { readonly view: infer View }
      ? View
      : DefaultView
    : DefaultView;
