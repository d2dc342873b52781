import { createRequests } from "../../src/client/requests.ts";
import { createSessionStore, type SessionStore } from "../../src/react/session-store.ts";
import { type FakeRuntime, fakeRuntime } from "../../src/testing/index.ts";
import type { Site, Visitor } from "../client/site.ts";

/** A tab without a page: its store, and what it told the others. */
export interface TabUnderTest {
  readonly store: SessionStore;
  readonly requests: ReturnType<typeof createRequests>;
  readonly clock: FakeRuntime;
  readonly told: unknown[];
}

/** Opens tabs of one visitor that hear one another. Their clocks are a day behind that of the server. */
export function openTabs(site: Site, visitor: Visitor, count = 1): TabUnderTest[] {
  const tabs: TabUnderTest[] = [];
  for (let index = 0; index < count; index++) {
    const clock = fakeRuntime({ now: site.clock.now() - 86_400_000 });
    const requests = createRequests(site.basePath, 10_000, clock, visitor.fetch);
    const told: unknown[] = [];
    const tell = (message: unknown) => {
      told.push(message);
      for (const other of tabs) if (other.store !== store) other.store.hear(message);
    };
    const store = createSessionStore(requests, tell, clock);
    tabs.push({ store, requests, clock, told });
  }
  return tabs;
}

/** Lets time pass, at the server and in the tabs. */
export function pass(site: Site, tabs: readonly TabUnderTest[], by: Parameters<FakeRuntime["advance"]>[0]): void {
  site.clock.advance(by);
  for (const { clock } of tabs) clock.advance(by);
}

export const nothing = () => {};
