import { answered } from "@/lib/answered";
import { refuseLong } from "@/lib/body-limit";
import { completeFor, learningOf, userOf } from "@/lib/learning-api";

/** What a program sees of a user's learning. It has an access token, and no cookie: nothing here is anything to other sites. */
export async function GET(request: Request): Promise<Response> {
  return answered(async () => {
    const user = await userOf(request, "learning:read");
    if (user instanceof Response) return user;
    return Response.json({ name: user.name, courses: await learningOf(user) });
  });
}

/** Completes a lesson: `{ "lesson": "bread-by-hand/raising-a-starter" }`. */
export async function POST(request: Request): Promise<Response> {
  return answered(async () => {
    const user = await userOf(request, "learning:write");
    if (user instanceof Response) return user;
    const refusal = refuseLong(request);
    if (refusal) return refusal;
    const body: unknown = await request.json().catch(() => null);
    const lessonId = (body as { lesson?: unknown } | null)?.lesson;
    if (typeof lessonId !== "string") return Response.json({ error: "lesson_missing" }, { status: 400 });
    const lesson = await completeFor(user, lessonId);
    if (lesson === "unknown") return Response.json({ error: "no_such_lesson" }, { status: 404 });
    if (lesson === "locked") return Response.json({ error: "locked" }, { status: 403 });
    return Response.json({ completed: lesson.title });
  });
}
