/** As what somebody visits. */
export type VisitorKind = "anonymous" | "subscriber" | "user" | "impersonated" | "device";

/** What a session says about who visits. `kind` is there where a script came with a key. */
export interface Visiting {
  readonly userId: string | null;
  readonly actor: object | null;
  readonly amr: readonly string[];
  readonly kind?: unknown;
}

/** As what the visitor of a session comes, the strongest fact first. */
export function kindOf({ userId, actor, amr, kind }: Visiting, isSubscriber: boolean): VisitorKind {
  if (actor !== null) return "impersonated";
  if (userId !== null) return kind === "device" || amr.includes("key") ? "device" : "user";
  return isSubscriber ? "subscriber" : "anonymous";
}
