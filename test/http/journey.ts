import type { Session } from "./servers.ts";
import type { Site, Visitor } from "./site.ts";

/** What visitors do, whatever the server: by the requirements it shows. */
export type Journeys = Readonly<Record<string, (site: Site, visitor: Visitor) => Promise<void>>>;

/** Puts an item into the cart. */
export const add = (item: string) => (session: Session) =>
  session.update("cart", (cart) => [...((cart as string[] | undefined) ?? []), item]);

/** What is in the cart. */
export const cart = (session: Session) => session.data.cart ?? null;
