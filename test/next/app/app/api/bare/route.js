import { codeOf, describe } from "../../../lib/describe.js";
import { operations } from "../../../lib/operations.js";
import { createAuthSession, getSession, openSession } from "../../../lib/session.js";

export async function GET(request) {
  const { searchParams } = new URL(request.url);
  const session = searchParams.has("request") ? await openSession(request) : await openSession();
  const op = searchParams.get("op") ?? "read";
  if (op === "other") {
    const foreign = new Request("http://elsewhere.example/", { headers: { cookie: "a=1" } });
    const other = await getSession(foreign);
    return Response.json({ read: other.id, write: await codeOf(() => createAuthSession(foreign, "eve")) });
  }
  await operations[op](session);
  const headers = { "set-cookie": "by-response=1; Path=/" };
  return new Response(JSON.stringify(describe(session)), { headers });
}

export const POST = GET;
