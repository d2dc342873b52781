import { createRequests, type Requests } from "../client/requests.ts";
import type { DeviceStore } from "./device-store.ts";
import type { ExpiryWatch } from "./expiry-watch.ts";
import { createSessionStore, type SessionStore } from "./session-store.ts";

/** What one browser tab knows of the sessions under one base path: shared by all components, kept while they come and go. */
export interface Tab extends Requests, SessionStore {
  readonly name: string;
  // Made by the hooks that use them, so that a page without these hooks does not load their code.
  devices?: DeviceStore;
  expiry?: ExpiryWatch;
  /** Calls `settle` when the provider has committed what React is about to show: of the provider that committed last. */
  commit?(settle: () => void): void;
  /** Whether to ask anew after an event of the browser: as the provider that committed last was told. */
  looksAfter?(event: string): boolean;
}

const tabs: Record<string, Tab> = {};

/**
 * The tab for a base path. On a server it stays empty: it learns something in effects, subscriptions and event handlers only,
 * and none of these run there. What one request renders with is in its provider, and never meets another.
 */
export function tabOf(basePath: string): Tab {
  tabs[basePath] ??= openTab(basePath);
  return tabs[basePath];
}

/**
 * Tabs tell one another that something changed, and never what: that a session ended, or a fingerprint to compare. Where the
 * browser has no BroadcastChannel nobody hears anything, and a tab looks again when somebody comes back to it.
 */
function openTab(basePath: string): Tab {
  const name = `coatcheck:${basePath}`;
  const requests = createRequests(basePath, 10_000);
  let channel: BroadcastChannel | undefined;
  const session = createSessionStore(requests, (message) => channel?.postMessage(message));
  const tab: Tab = { name, ...requests, ...session };
  // Not on a server, where a channel would keep the process alive.
  if (globalThis.document) {
    for (const event of ["focus", "visibilitychange", "online"])
      addEventListener(event, () => {
        if (!document.hidden && tab.looksAfter?.(event)) tab.look();
      });
    if (globalThis.BroadcastChannel) {
      channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }) => tab.hear(data);
    }
  }
  return tab;
}
