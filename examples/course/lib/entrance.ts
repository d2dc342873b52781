import { notFound } from "next/navigation";
import type { Credentials } from "./credentials";
import { goSaying, goTo } from "./go";
import { createAuthSession, loadAuthjs } from "./session";
import { isAuthjsDemo } from "./settings";
import { checkCredentials, type User } from "./users";

/** Signs in whoever has this password, by Auth.js where that is the one to. Answers `null` if the two do not go together. */
export async function enter(given: Credentials, options: { readonly persistent?: boolean } = {}): Promise<User | null> {
  if (isAuthjsDemo) return (await loadAuthjs()).enter(given);
  const user = await checkCredentials(given.email, given.password);
  if (user) await createAuthSession(user.id, { ...options, amr: ["pwd"] });
  return user;
}

/**
 * Ends a sign-in on a page that says so. After one of Auth.js the page says nothing: our session is bound to the user by its next
 * write. That would be the proxy's, which takes the message; and what the proxy sets on the redirect of a Server Action, Next.js
 * drops, since it fetches that page itself.
 */
export async function welcome(text: string, path: string): Promise<never> {
  return isAuthjsDemo ? goTo(path) : goSaying(text, path);
}

/**
 * For what is only true where the shop signs in by itself: that a device is out as soon as its session is ended. A token that
 * Auth.js has given away stays good until it expires, so there is no such page then.
 */
export function onlyWithOwnSignIn(): void {
  if (isAuthjsDemo) notFound();
}
