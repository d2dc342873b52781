import { codeOf, describe } from "../../../lib/describe.js";
import { operations } from "../../../lib/operations.js";
import { carried } from "../../../lib/session.js";

export async function POST(request) {
  const { searchParams } = new URL(request.url);
  const session = await carried.openSession();
  const code = await codeOf(() => operations[searchParams.get("op") ?? "read"](session));
  return Response.json({ ...describe(await carried.getSession()), code });
}
export const GET = POST;
