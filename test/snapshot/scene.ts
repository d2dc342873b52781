import { withSession } from "../../src/adapters/web.ts";
import { readSnapshot } from "../../src/snapshot/index.ts";
import { Browser, type World, world } from "../support/world.ts";

export const secret = "0123456789abcdef0123456789abcdef";
export const next = "another secret of thirty-two bytes or more";
export const name = "__Host-session-snapshot";

/** A configuration with snapshots of half a minute. */
export function snapshots(options: object = {}): World {
  return world({ secrets: [secret], snapshot: { maxStale: "30s" }, ...options });
}

/** What the edge sees of a browser, at an instant of the same clock. */
export function seen({ runtime }: World, browser: Browser, secrets: readonly string[] = [secret]) {
  return readSnapshot<{ userId: string }>(browser.request(), { secrets, runtime });
}

/** Somebody who has signed in, and whose browser has been given a snapshot. */
export async function signedIn(here: World, userId = "ann"): Promise<Browser> {
  const browser = new Browser(here);
  await browser.visit((session) => session.signIn(userId));
  return browser;
}

/** Answers a request, and does something between reading the session and answering. */
export async function slowly(here: World, browser: Browser, meanwhile: () => Promise<void>): Promise<Response> {
  const handler = withSession(here.sessions, async () => {
    await meanwhile();
    return new Response("late");
  });
  return handler(browser.request());
}
