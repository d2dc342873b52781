import { NextResponse } from "next/server";
import { encodeFlash, flashHeader } from "./lib/flash";
import { withSession } from "./lib/session";

/**
 * Takes the flash messages out of the session and hands them to the render, which can read a session but not change it.
 * Only addresses that `goSaying` made come here: no other page waits for it, and no prefetch uses a message up.
 */
export default withSession(async (request) => {
  if (request.method !== "GET") return;
  const flash = (await request.session.pluck("flash")) ?? [];
  const headers = new Headers(request.headers);
  headers.set(flashHeader, encodeFlash(flash));
  return NextResponse.next({ request: { headers } });
});

// Next reads this without running it: the key is `flashMark`, spelled out.
export const config = { matcher: [{ source: "/:path*", has: [{ type: "query", key: "flash" }] }] };
