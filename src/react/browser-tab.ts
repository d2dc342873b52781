import { createRequests, type Requests } from "../client/requests.ts";
import { systemClock as clock } from "../runtime.ts";
import type { DeviceStore } from "./device-store.ts";
import type { ExpiryWatch } from "./expiry-watch.ts";
import { createSessionStore, type SessionStore } from "./session-store.ts";

/** What one browser tab knows of the sessions under one base path: shared by all components, kept while they come and go. */
export interface Tab {
  readonly name: string;
  readonly requests: Requests;
  readonly session: SessionStore;
  // Made by the hooks that use them, so that a page without these hooks does not load their code.
  devices?: DeviceStore;
  expiry?: ExpiryWatch;
  /** Begins to hear the other tabs. */
  join(): void;
}

const tabs = new Map<string, Tab>();

/**
 * The tab for a base path. On a server it stays empty: it learns something in effects, subscriptions and event handlers only,
 * and none of these run there. What one request renders with is in its provider, and never meets another.
 */
export function tabOf(basePath: string): Tab {
  const tab = tabs.get(basePath) ?? openTab(basePath);
  tabs.set(basePath, tab);
  return tab;
}

/**
 * Tabs tell one another that something changed, and never what: that a session ended, or a fingerprint to compare. Where the
 * browser has no BroadcastChannel nobody hears anything, and a tab looks again when somebody comes back to it.
 */
function openTab(basePath: string): Tab {
  const name = `coatcheck:${basePath}`;
  const requests = createRequests({ basePath, fetch: undefined, limit: 10_000, clock });
  let channel: BroadcastChannel | undefined;
  const session = createSessionStore({ requests, clock, tell: (message) => channel?.postMessage(message) });
  return {
    name,
    requests,
    session,
    join() {
      if (channel || !globalThis.BroadcastChannel) return;
      channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }) => session.hear(data);
    },
  };
}
