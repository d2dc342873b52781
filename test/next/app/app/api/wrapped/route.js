import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { describe } from "../../../lib/describe.js";
import { operations } from "../../../lib/operations.js";
import { getSession, withSession } from "../../../lib/session.js";

export const POST = withSession(async (request) => {
  const { searchParams } = new URL(request.url);
  const { session } = request;
  if (searchParams.has("user")) await session.loadUser();
  await operations[searchParams.get("op") ?? "read"](session);
  (await cookies()).set("by-next", "1");
  if (searchParams.has("redirect")) redirect("/static");
  const same = (await getSession()).id === session.id && (await getSession(request)).id === session.id;
  const headers = new Headers({ "content-type": "application/json" });
  headers.append("set-cookie", "by-response=1; Path=/");
  return new Response(JSON.stringify({ ...describe(session), same }), { headers });
});
export const GET = POST;
