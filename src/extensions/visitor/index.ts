export type { Attribution, AttributionOptions, TouchPolicy } from "./attribution.ts";
export { confirmSubscriber, forgetSubscriber, type SubscriberSession } from "./confirm.ts";
export type { VisitorKind } from "./kind.ts";
export type { Subscriber } from "./subscriber.ts";
export { type Visitor, type VisitorOptions, visitor } from "./visitor.ts";
