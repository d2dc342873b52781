import { createSessionClient } from "../client/session-client.ts";
import { systemRuntime as runtime } from "../runtime.ts";
import { createDeviceStore, type DeviceStore } from "./device-store.ts";
import { createExpiryWatch, type ExpiryWatch } from "./expiry-watch.ts";
import { joinTabs } from "./other-tabs.ts";
import { createSessionStore, type SessionStore, type TabMessage } from "./session-store.ts";

/** What one browser tab knows of the sessions under one base path: shared by all components, kept while they come and go. */
export interface Tab {
  readonly session: SessionStore<unknown>;
  readonly devices: DeviceStore;
  readonly expiry: ExpiryWatch;
  signOut(options?: { readonly everywhere?: boolean }): Promise<void>;
  stopImpersonating(): Promise<void>;
}

const tabs = new Map<string, Tab>();

/**
 * The tab for a base path. Called from effects, subscriptions and event handlers only, none of which run on a server: there
 * this map stays empty, and what one request renders with never meets another.
 */
export function tabOf(basePath: string): Tab {
  const tab = tabs.get(basePath) ?? openTab(basePath);
  tabs.set(basePath, tab);
  return tab;
}

function openTab(basePath: string): Tab {
  const name = `coatcheck:${basePath}`;
  const client = createSessionClient({ basePath });
  const tell = joinTabs(name, (message: TabMessage) => session.hear(message));
  const session = createSessionStore<unknown>({ client, runtime, tell });
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  return {
    session,
    devices: createDeviceStore(client, session),
    expiry: createExpiryWatch({ client, session, runtime, locks, lockName: name }),
    signOut: (options) => session.change(() => client.signOut(options).then(() => null)),
    stopImpersonating: () => session.change(client.stopImpersonating),
  };
}
