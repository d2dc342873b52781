import { toBase64url } from "../bytes.ts";
import { isSessionError } from "../errors.ts";
import type { Runtime } from "../runtime.ts";
import { digestOf } from "../token/digest.ts";
import { flowWith, type PendingFlow, withFlow } from "./pending-flows.ts";
import type { Binding } from "./provider-client.ts";
import type { Seal } from "./seal.ts";

/** How long the visitor may take at the provider, in milliseconds. */
const flowLife = 600_000;

/** The part of a session that holds its flows. */
export interface FlowsOfSession {
  /** Changes them atomically, as the store has them; `change` may run again. What it throws leaves everything as it is. */
  update(change: (flows: readonly PendingFlow[] | undefined) => readonly PendingFlow[] | undefined): Promise<unknown>;
}

/** What a request is bound to, and the browser alone carries. */
export type FlowSecrets = Omit<Binding, "redirectUri">;

/** A flow that is to begin. */
export type NewFlow = Omit<PendingFlow, "digest" | "keyId" | "expiresAt">;

/** A flow that was taken out of the session, with what its request was bound to. */
export interface TakenFlow {
  readonly flow: PendingFlow;
  readonly secrets: FlowSecrets;
}

/** Begins and takes up the authorization requests of visitors. */
export interface Flows {
  /** Makes the address that a flow goes to, and notes the flow in the session then. What cannot be begun leaves no trace. */
  begin(session: FlowsOfSession, flow: NewFlow, addressFor: (secrets: FlowSecrets) => Promise<string>): Promise<string>;
  /** Takes the flow of a `state` out of the session: of any number at once one gets it. `null`: there is none, or no longer. */
  take(session: FlowsOfSession, state: string | null): Promise<TakenFlow | null>;
}

/** 256 random bits. */
const stateGrammar = /^[\w-]{43}$/;

/**
 * Makes the flows of one configuration. The session keeps the digest of `state` only, and `nonce` and the code verifier follow from
 * `state` by a key of the application's: what the browser carries cannot be made from what the store holds, nor a code be redeemed.
 */
export function createFlows(seal: Seal, runtime: Runtime): Flows {
  async function secretsOf(keyId: string, state: string): Promise<FlowSecrets | null> {
    const nonce = await seal.derive(keyId, ["nonce", state]);
    const verifier = await seal.derive(keyId, ["verifier", state]);
    return nonce === null || verifier === null ? null : { state, nonce, verifier };
  }

  return {
    async begin(session, given, addressFor) {
      const keyId = await seal.keyId();
      const state = toBase64url(runtime.randomBytes(32));
      const address = await addressFor((await secretsOf(keyId, state)) as FlowSecrets);
      const now = runtime.now();
      const flow = { ...given, digest: await digestOf(state), keyId, expiresAt: now + flowLife };
      await session.update((flows = []) => withFlow(flows, flow, now));
      return address;
    },

    async take(session, state) {
      if (state === null || !stateGrammar.test(state)) return null;
      const digest = await digestOf(state);
      const taken = await takeOut(session, digest);
      if (!taken || runtime.now() >= taken.expiresAt) return null;
      const secrets = await secretsOf(taken.keyId, state);
      return secrets && { flow: taken, secrets };
    },
  };
}

/** Takes a flow out of a session. Never by what a copy of the session has; where there is none, nothing is written. */
async function takeOut(session: FlowsOfSession, digest: string): Promise<PendingFlow | null> {
  let taken: PendingFlow | undefined;
  const nothing = new Error("there is no such flow");
  try {
    await session.update((flows) => {
      taken = flowWith(flows, digest);
      if (!taken) throw nothing;
      const others = flows?.filter((flow) => flow !== taken);
      return others?.length ? others : undefined;
    });
    return taken ?? null;
  } catch (error) {
    if (error === nothing || isSessionError(error, "SESSION_DESTROYED", "SESSION_REPLACED")) return null;
    throw error;
  }
}
