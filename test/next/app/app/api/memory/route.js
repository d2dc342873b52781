import { describe } from "../../../lib/describe.js";
import { memory } from "../../../lib/session.js";

export const GET = memory.withSession(async ({ session }) => {
  await session.update("visits", (visits) => (visits ?? 0) + 1);
  return Response.json(describe(session));
});
