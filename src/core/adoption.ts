import { type DataOperation, Draft, noTexts } from "./draft.ts";
import type { Engine } from "./engine.ts";
import type { ExternalUser } from "./external-user.ts";
import { type Issued, signIn } from "./identity.ts";
import type { SignIn } from "./sign-in.ts";
import { draftFor } from "./sign-in-data.ts";
import type { Live, Standing } from "./standing.ts";

/** What a session that is bound to an external user is made of. */
export interface Adoption {
  readonly standing: Standing;
  readonly external: ExternalUser;
  readonly device: string | undefined;
  readonly operation: DataOperation;
}

/**
 * Binds a session to the user whom another application has signed in, together with a change of its data: one atomic write,
 * with a new token. A visitor's anonymous data survives as far as `keep` says; another user's is dropped.
 *
 * The user has proven nothing here: `authenticatedAt` is 0, so that no page which asks for a recent authentication is satisfied.
 */
export function adopt(engine: Engine, { standing, external, device, operation }: Adoption): Promise<Issued> {
  const request: SignIn = {
    userId: external.userId,
    persistent: standing.kind === "live" ? standing.record.persistent : true,
    keep: engine.policy.keep,
    device,
    amr: [],
    acr: null,
    end: [],
    authenticatedAt: 0,
    operation,
  };
  return signIn(engine, standing, request);
}

/** Whether a change of no data at all would leave some. */
export function leavesData(operation: DataOperation): boolean {
  const draft = new Draft(noTexts);
  draft.apply(operation);
  return Object.keys(draft.texts()).length > 0;
}

/** The texts that a user sees of an anonymous session before the first write binds it to them: those it will keep. */
export function adoptedTexts(engine: Engine, live: Live | null, { userId }: ExternalUser) {
  return live ? draftFor(engine, live.record, { userId, keep: engine.policy.keep }).texts() : noTexts;
}
