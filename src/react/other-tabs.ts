import type { TabMessage } from "./session-store.ts";

/**
 * Joins the tabs of one origin that show the same sessions, and answers the function that tells the others. Nobody is told what
 * the session is: only that it ended, or a fingerprint to compare. Where the browser has no BroadcastChannel nobody hears
 * anything, and tabs look again when somebody comes back to them.
 */
export function joinTabs(name: string, hear: (message: TabMessage) => void): (message: TabMessage) => void {
  if (typeof BroadcastChannel === "undefined") return () => {};
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => {
    if (typeof data === "string") hear(data as TabMessage);
  };
  (channel as { unref?(): void }).unref?.(); // in Node.js an open channel would keep a test's process alive
  return (message) => channel.postMessage(message);
}
