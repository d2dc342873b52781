import type { NextRequest } from "next/server";
import { loadAuthjs } from "@/lib/session";
import { isAuthjsDemo } from "@/lib/settings";

/** The addresses of Auth.js. Without `SIGN_IN=authjs` there is nothing here, and nothing of it is loaded. */
async function answer(request: NextRequest): Promise<Response> {
  if (!isAuthjsDemo) return new Response(null, { status: 404 });
  const { handlers } = await loadAuthjs();
  return request.method === "POST" ? handlers.POST(request) : handlers.GET(request);
}

export { answer as GET, answer as POST };
