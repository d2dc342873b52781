import { addToCart, revokeEverywhere, signInHere, signOutOurs, signOutTheirs } from "../lib/actions.js";
import { ourAuth, ourSession, theirUserId } from "../lib/auth.js";

export default async function Page() {
  const [theirs, ours, session] = [await theirUserId(), await ourAuth(), await ourSession()];
  const state = {
    theirs,
    ours: ours?.userId ?? null,
    user: ours?.user ?? null,
    id: session.id,
    cart: session.data.cart ?? [],
  };
  return (
    <main>
      <pre id="state">{JSON.stringify(state)}</pre>
      <form action={addToCart}>
        <button type="submit">Add to cart</button>
      </form>
      <form action={signInHere}>
        <button type="submit">Sign in with a password</button>
      </form>
      <form action={signOutOurs}>
        <button type="submit">Sign out of ours</button>
      </form>
      <form action={signOutTheirs}>
        <button type="submit">Sign out of theirs</button>
      </form>
      <form action={revokeEverywhere}>
        <button type="submit">Sign out everywhere</button>
      </form>
    </main>
  );
}
