import { openSession } from "../../../lib/session.js";

export async function GET(request) {
  const session = await openSession();
  if (request.nextUrl.searchParams.get("op") === "signin") await session.signIn("ada");
  else await session.set({ cart: ["apple"] });
  return Response.json(session.id);
}
