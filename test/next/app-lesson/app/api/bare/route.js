import { createAuthSession } from "../../../lib/lesson-session.js";

export async function GET() {
  await createAuthSession("ada");
  return Response.json({ userId: "ada" });
}
