import { createAuthSession } from "../../../lib/connected-session.js";

export async function GET(request) {
  const userId = request.nextUrl.searchParams.get("user");
  await createAuthSession(userId);
  return Response.json({ userId });
}
