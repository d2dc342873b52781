import { authjs } from "coatcheck/authjs";
import type { EndSession, setUpAuthjs } from "./authjs";
import { isAuthjsDemo } from "./settings";

type LoadAuthjs = () => Promise<ReturnType<typeof setUpAuthjs>>;

/** Auth.js is loaded when something is first asked of it: never, where the shop signs in by itself. */
export function authjsLoader(endSession: EndSession): LoadAuthjs {
  let loaded: ReturnType<LoadAuthjs> | undefined;
  return () => {
    loaded ??= import("./authjs").then(({ setUpAuthjs }) => setUpAuthjs(endSession));
    return loaded;
  };
}

/**
 * Where our sessions learn who is signed in, if it is not they who sign in. An application that always signs in with Auth.js
 * writes `identity: authjs(auth, { signOut: … })`, and is done.
 */
export function identityOf(load: LoadAuthjs) {
  if (!isAuthjsDemo) return {};
  const identity = authjs(async (request, response) => (await load()).auth(request, response), {
    signOut: async () => (await load()).signOut({ redirect: false }),
  });
  return { identity };
}
