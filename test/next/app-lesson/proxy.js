import { NextResponse } from "next/server";
import { ask, getSession, withSession } from "./lib/lesson-session.js";

// Asks twice, and for all of it: by the request's session, and by the helper.
export default withSession(async (request) => {
  await request.session.loadUser();
  const { percent } = await ask(request.session);
  await ask(await getSession());
  return NextResponse.next({ headers: { "x-percent": String(percent) } });
});

export const config = { matcher: ["/proxied-lesson"] };
