import { readSnapshot } from "coatcheck/snapshot";
import { NextResponse } from "next/server";
import { operations } from "./operations.js";
import { carried, getSession, requireUser, secrets, withSession } from "./session.js";

const answers = {
  nothing: () => undefined,
  next: () => NextResponse.next(),
  marked(request) {
    const headers = new Headers(request.headers);
    headers.set("x-marked", "yes");
    const response = NextResponse.next({ request: { headers }, headers: { "x-by-proxy": "1" } });
    response.cookies.set("by-proxy", "1");
    return response;
  },
  redirect: (request) => NextResponse.redirect(new URL("/static", request.url)),
  rewrite: (request) => NextResponse.rewrite(new URL("/api/proxied", request.url)),
  own: () => new Response("own", { headers: { "set-cookie": "own=1" } }),
  guard: async () => void (await requireUser()),
};

const handleCarried = carried.withSession(async (request) => {
  await operations[request.nextUrl.searchParams.get("op") ?? "read"](request.session);
});

const handleOthers = withSession(async (request) => {
  const { searchParams, pathname } = request.nextUrl;
  await operations[searchParams.get("op") ?? "read"](request.session);
  await getSession();
  if (pathname === "/guarded") return answers.guard(request);
  return answers[searchParams.get("answer") ?? "nothing"](request);
});

export async function handleProxy(request, event) {
  if (request.nextUrl.searchParams.get("op") === "seen")
    return Response.json(await readSnapshot(request, { secrets, cookieName: "carried" }));
  const handle = request.nextUrl.pathname === "/api/carried-proxied" ? handleCarried : handleOthers;
  return handle(request, event);
}
