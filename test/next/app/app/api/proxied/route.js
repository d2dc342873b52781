import { describe } from "../../../lib/describe.js";
import { getSession } from "../../../lib/session.js";

export async function GET(request) {
  const session = await getSession();
  return Response.json({
    ...describe(session),
    marked: request.headers.get("x-marked"),
    agent: request.headers.get("user-agent"),
  });
}
