import { putBack } from "../../../lib/clock.js";

export async function GET(request) {
  putBack(Number(request.nextUrl.searchParams.get("behind")));
  return Response.json(null);
}
