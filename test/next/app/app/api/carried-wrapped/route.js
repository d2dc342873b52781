import { redirect } from "next/navigation";
import { describe } from "../../../lib/describe.js";
import { operations } from "../../../lib/operations.js";
import { carried } from "../../../lib/session.js";

export const POST = carried.withSession(async (request) => {
  const { searchParams } = new URL(request.url);
  await operations[searchParams.get("op") ?? "read"](request.session);
  if (searchParams.has("redirect")) redirect("/static");
  const same = (await carried.getSession()).id === request.session.id;
  return Response.json({ ...describe(request.session), same });
});
export const GET = POST;
