import type { TokenContext } from "../core/token-issuer.ts";
import { createEpochs, type Epochs } from "./epochs.ts";
import { givenKeyring, type Keyring } from "./keyring.ts";
import type { TokensPolicy } from "./options.ts";
import { createRefreshSeal, type RefreshSeal } from "./refresh-seal.ts";
import { storedKeyring } from "./stored-keyring.ts";
import { isStoredKeys, resolveStoredKeys } from "./stored-keys-options.ts";

/** What everything that issues, exchanges or judges tokens works with. */
export interface Desk extends TokenContext {
  readonly policy: TokensPolicy;
  readonly keyring: Keyring;
  readonly seal: RefreshSeal;
  readonly epochs: Epochs;
}

/** Makes the desk of one configuration. No I/O: keys are read when the first is needed. */
export function openDesk(policy: TokensPolicy, context: TokenContext): Desk {
  return {
    ...context,
    policy,
    keyring: keyringOf(policy, context),
    seal: createRefreshSeal(context.secrets, context.runtime),
    epochs: createEpochs(context, policy.access),
  };
}

function keyringOf({ keys, issuer, access }: TokensPolicy, context: TokenContext): Keyring {
  if (!isStoredKeys(keys)) return givenKeyring(keys ?? "");
  return storedKeyring(context, { issuer, policy: resolveStoredKeys(keys, () => undefined), longest: access });
}
