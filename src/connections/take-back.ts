import type { HeldTokens, ProviderClient } from "./provider-client.ts";

/** Asks a provider to take a grant back. Never fails: that it has not been taken back is told. */
export async function takeBack(client: ProviderClient, held: HeldTokens, onFailure: () => void): Promise<void> {
  try {
    await client.revoke(held);
  } catch {
    onFailure();
  }
}
