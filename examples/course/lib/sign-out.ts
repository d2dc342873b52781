import { onlyWithOwnSignIn } from "./entrance";
import { goSaying } from "./go";
import { openSession, requireUser } from "./session";

/** Ends the session that a form of the page `here` names, if it is the visitor's own: the store itself leaves other people's alone. */
export async function signOutDevice(form: FormData, here: string): Promise<never> {
  onlyWithOwnSignIn();
  await requireUser({ returnTo: here });
  const session = await openSession();
  const wasThere = await session.revoke(String(form.get("id")));
  return goSaying(wasThere ? "It is signed out." : "It was not signed in any more.", here);
}
