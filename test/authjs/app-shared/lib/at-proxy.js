import { withOurSession } from "./auth.js";

/** What the proxy sees of our session; with POST it writes. */
export const handleProxy = withOurSession(async ({ method, session }) => {
  if (method === "POST") await session.update("cart", (cart = []) => [...cart, `item ${cart.length + 1}`]);
  return Response.json({ ours: session.userId, cart: session.data.cart ?? [] });
});
