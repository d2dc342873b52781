import { SessionDataError } from "../../errors.ts";
import type { Subscriber } from "./subscriber.ts";

/** What is asked of a session with mutators. */
export interface SubscriberSession {
  readonly visitor: { readonly subscriber: Subscriber | null };
  rotate(options: { readonly grace: 0 }): Promise<void>;
}

type Keep = (subscriber: Subscriber | undefined) => Promise<void>;

// Not methods of the visitor: whoever confirms must have the session that can be given another token.
const keepers = new WeakMap<object, Keep>();

/** Notes how a visitor's subscriber is stored. */
export function setKeeper(visitor: object, keep: Keep): void {
  keepers.set(visitor, keep);
}

/**
 * Binds a verified subscriber to a visitor's session. Call it on the server, once the visitor has proven who they are (a link in an
 * e-mail with a ticket in it, a provider's signed call), and never with an id that came from a cookie or an address.
 *
 * The session gets a new token first, and the old one is dead at once: a token that somebody planted in the visitor's browser
 * does not learn of the subscriber. Two store writes; one for a visitor without a session. Confirming another one replaces the first.
 *
 * @throws {@link SessionDataError} `DATA_INVALID`: that is no subscriber. And what the mutators of a session throw.
 *
 * @example
 * const subscriber = await verifyTicket(url.searchParams.get("ticket"))   // yours
 * if (subscriber) await confirmSubscriber(session, { id: subscriber.id, email: subscriber.email })
 */
export async function confirmSubscriber(session: SubscriberSession, subscriber: Subscriber): Promise<void> {
  if (typeof subscriber?.id !== "string")
    throw new SessionDataError("DATA_INVALID", "A subscriber has an id, which is a text.");
  await session.rotate({ grace: 0 });
  await keeperOf(session)(subscriber);
}

/** Lets go of the subscriber of a session. Nothing, where there is none. */
export async function forgetSubscriber(session: SubscriberSession): Promise<void> {
  if (session.visitor.subscriber !== null) await keeperOf(session)(undefined);
}

function keeperOf({ visitor }: SubscriberSession): Keep {
  const keep = keepers.get(visitor);
  if (!keep) throw new TypeError("That is no visitor of a session.");
  return keep;
}
