import { type NextRequest, NextResponse } from "next/server";
import { encodeFlash, flashHeader } from "./lib/flash";
import { withSession } from "./lib/session";

/**
 * A render can read a session but not change it. What an address brings along and is to be kept, or used up, is seen to here:
 * flash messages are taken out of the session and handed to the render, and what a recommendation says is put into it.
 * Only addresses that `goSaying` or a recommendation made come here: no other page waits for it, and no prefetch uses a message up.
 */
export default withSession(async (request) => {
  if (request.method !== "GET") return;
  const { searchParams } = request.nextUrl;
  const [referral, coupon] = [searchParams.get("via"), searchParams.get("coupon")];
  if (referral || coupon) {
    const { commerce, visitor } = request.session;
    await visitor.note(searchParams);
    await commerce.attribute({ ...(referral && { referral }), ...(coupon && { coupon: coupon.toUpperCase() }) });
    return NextResponse.redirect(without(request, "via", "coupon"));
  }
  const flash = (await request.session.pluck("flash")) ?? [];
  const headers = new Headers(request.headers);
  headers.set(flashHeader, encodeFlash(flash));
  return NextResponse.next({ request: { headers } });
});

/** The same address: nobody shares a recommendation that was somebody else's. */
function without({ nextUrl }: NextRequest, ...names: readonly string[]): URL {
  const url = nextUrl.clone();
  for (const name of names) url.searchParams.delete(name);
  return url;
}

// Next reads this without running it: the first key is `flashMark`, spelled out.
export const config = {
  matcher: [
    { source: "/:path*", has: [{ type: "query", key: "flash" }] },
    { source: "/:path*", has: [{ type: "query", key: "via" }] },
    { source: "/:path*", has: [{ type: "query", key: "coupon" }] },
  ],
};
