import { accessTokenVerifier, remoteKeys, requireScope } from "coatcheck/verify";
import { allCourses, type Course } from "./catalogue";
import { findLesson, type Lesson, lessonsOf } from "./curriculum";
import { origin, sessions } from "./session";
import { shopData } from "./shop";
import { studyData } from "./study";
import { apiOf, type scopes } from "./tokens";
import { findUser, type User } from "./users";

type Scope = (typeof scopes)[number];

/**
 * Made at the first request, and not while the application is built. Another service would write no more than the first three lines:
 * it fetches the keys, and asks `POST /api/session/introspect` instead of `isLive`.
 */
const verifier = once(() =>
  accessTokenVerifier({
    issuer: origin,
    audience: apiOf(origin),
    keys: remoteKeys(`${origin}/api/session/jwks.json`, {
      fetch: async () => Response.json(await sessions.tokens.jwks()), // this very process has them
    }),
    // At once, and not when the token expires: what is ended on the page "What acts for you" is out.
    revocation: { mode: "checked", isLive: sessions.tokens.isLive },
  }),
);

/** Whom a request acts for, by its access token; or the answer that says what is wrong with it. */
export async function userOf(request: Request, scope: Scope): Promise<User | Response> {
  const { claims, refusal } = await verifier()(request);
  if (refusal) return refusal.response();
  const lacking = requireScope(claims, scope);
  if (lacking) return lacking.response();
  return findUser(claims.sub) ?? Response.json({ error: "no_such_user" }, { status: 403 });
}

/** Where a user stands in the courses that they own or have begun. */
export async function learningOf({ id }: User) {
  const [notes, owned] = await Promise.all([studyData.load(id), coursesOf(id)]);
  const done = new Set(notes.filter(({ completedAt }) => completedAt !== null).map(({ lessonId }) => lessonId));
  const begun = (course: Course) => owned.has(course.slug) || lessonsOf(course.slug).some((one) => done.has(one.id));
  return allCourses.filter(begun).map(({ slug, title }) => {
    const lessons = lessonsOf(slug);
    const left = lessons.filter((lesson) => !done.has(lesson.id));
    const next = left.find((lesson) => lesson.isFree || owned.has(slug));
    const completed = lessons.length - left.length;
    return { slug, title, completed, total: lessons.length, next: next ? { id: next.id, title: next.title } : null };
  });
}

/** Completes a lesson that is free, or of a course that the user owns; answers why not. */
export async function completeFor({ id: userId }: User, lessonId: string): Promise<Lesson | "unknown" | "locked"> {
  const lesson = findLesson(lessonId);
  if (!lesson) return "unknown";
  if (!lesson.isFree && !(await coursesOf(userId)).has(lesson.course)) return "locked";
  await studyData.complete(userId, lesson.id, Date.now());
  return lesson;
}

async function coursesOf(userId: string): Promise<ReadonlySet<string>> {
  const rights = await shopData.entitlementsOf(userId);
  return new Set(rights.flatMap(({ contentIds }) => contentIds));
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
