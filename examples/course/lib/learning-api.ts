import type { LessonNote } from "coatcheck/extensions/progress";
import { requireScope, verifyAccessToken } from "coatcheck/verify";
import { rulesFor } from "./abilities";
import { allCourses, findAnyCourse } from "./catalogue";
import { findLesson, type Lesson, lessonsOf } from "./curriculum";
import { goOnAmong } from "./learning";
import { mayRead, maySee } from "./open-lesson";
import { coursesIn } from "./ownership";
import { create } from "./policy";
import { sessions } from "./session";
import { isAuthjsDemo, origin } from "./settings";
import { shopData } from "./shop";
import { studyData } from "./study";
import { apiOf, type scopes } from "./tokens";
import { findUser, type User } from "./users";

type Scope = (typeof scopes)[number];

/**
 * Whom a request acts for, by its access token; or the answer that says what is wrong with it. Another service would make a verifier
 * once, with `issuer` and `audience` alone: it leaves out `keys`, which are then fetched from the shop and believed for a while, and
 * asks `POST /api/session/introspect` in `isLive`, or leaves out `revocation` and has tokens count until they expire.
 */
export async function userOf(request: Request, scope: Scope): Promise<User | Response> {
  if (isAuthjsDemo) return Response.json({ error: "not_here" }, { status: 404 });
  const { claims, refusal } = await verifyAccessToken(request, {
    issuer: origin,
    audience: apiOf(origin),
    // Those that this process signs with, asked for each time: a key that was taken back is not believed any longer than there.
    keys: await sessions.tokens.jwks(),
    // At once, and not when the token expires: what is ended on the page "What acts for you" is out.
    revocation: { mode: "checked", isLive: sessions.tokens.isLive },
  });
  if (refusal) return refusal.response();
  const lacking = requireScope(claims, scope);
  if (lacking) return lacking.response();
  return findUser(claims.sub) ?? Response.json({ error: "no_such_user" }, { status: 403 });
}

/** Where a user stands in the courses that they own or have begun. */
export async function learningOf(user: User) {
  const [notes, { ability, owned }] = await Promise.all([studyData.load(user.id), rightsOf(user)]);
  const done = new Set(notes.filter(({ completedAt }) => completedAt !== null).map(({ lessonId }) => lessonId));
  const isTheirs = (slug: string) => owned.includes(slug) || lessonsOf(slug).some(({ id }) => done.has(id));
  const courses = allCourses.filter((course) => isTheirs(course.slug) && maySee(ability, course));
  return courses.map(({ slug, title }) => {
    const lessons = lessonsOf(slug);
    const open = lessons.filter((lesson) => mayRead(ability, lesson));
    const next = goOnAmong(open, done, lastVisitedIn(slug, notes));
    const completed = lessons.filter(({ id }) => done.has(id)).length;
    return { slug, title, completed, total: lessons.length, next: next && { id: next.id, title: next.title } };
  });
}

/**
 * Completes a lesson that is open to a user; answers why not. `session.progress.complete` does the same and asks the same, but of a
 * session, and a program's request has none: so there is no event `lesson-completed`. Nobody here waits for it but the audit list,
 * which is of what happens in sessions.
 */
export async function completeFor(user: User, lessonId: string): Promise<Lesson | "unknown" | "locked"> {
  const lesson = findLesson(lessonId);
  const course = findAnyCourse(lesson?.course ?? "");
  if (!lesson || !course) return "unknown";
  const { ability } = await rightsOf(user);
  if (!maySee(ability, course)) return "unknown";
  if (!mayRead(ability, lesson)) return "locked";
  await studyData.complete(user.id, lesson.id, Date.now());
  return lesson;
}

/** What a user has bought, and what they may do by the rules of the pages. */
async function rightsOf(user: User) {
  const owned = coursesIn(await shopData.entitlementsOf(user.id), Date.now());
  // A program works in no organisation. Where its user works they say in a browser, for that browser alone, and what the employer
  // has bought is not for every program that they have ever signed in.
  return { owned, ability: create(rulesFor({ user, owned, workplace: null })) };
}

function lastVisitedIn(course: string, notes: readonly LessonNote[]): string | null {
  const visits = notes.filter(({ lessonId }) => findLesson(lessonId)?.course === course);
  const [latest] = visits.sort((a, b) => (b.visitedAt ?? 0) - (a.visitedAt ?? 0));
  return latest?.visitedAt ? latest.lessonId : null;
}
