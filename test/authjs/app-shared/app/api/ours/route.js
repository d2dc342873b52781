import { withOurSession } from "../../../lib/auth.js";

export const GET = withOurSession(async ({ session }) =>
  Response.json({ ours: session.userId, cart: session.data.cart ?? [] }),
);
