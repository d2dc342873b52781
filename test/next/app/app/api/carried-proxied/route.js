import { describe } from "../../../lib/describe.js";
import { carried } from "../../../lib/session.js";

export async function GET() {
  return Response.json(describe(await carried.getSession()));
}
