import Link from "next/link";
import { openCourses, type Standing } from "@/lib/learning";
import { lessonPath } from "@/lib/paths";
import { getSession } from "@/lib/session";
import { ProgressBar } from "./progress-bar";

/** The courses that are open to the visitor: their own, and those of the organisation that they work in. */
export async function MyCourses() {
  const session = await getSession();
  const [standings, { current }] = await Promise.all([openCourses(session), session.organisation]);
  return (
    <section aria-labelledby="my-courses">
      <h2 id="my-courses">Your courses</h2>
      {current ? <p className="muted small">Those of {current.name} are among them.</p> : null}
      {standings.length === 0 ? (
        <p className="blank">
          No courses yet. <Link href="/">Read a first lesson for free</Link>
        </p>
      ) : (
        <ul className="my-courses">
          {standings.map((standing) => (
            <MyCourse key={standing.course.slug} standing={standing} />
          ))}
        </ul>
      )}
      <p className="after">
        <Link href="/account/purchases">Courses and seats</Link> that you have bought, for yourself or for others.
      </p>
    </section>
  );
}

function MyCourse({ standing }: { standing: Standing }) {
  const { course, goOn, completed, total, percent } = standing;
  return (
    <li className="my-course">
      <Link href={`/courses/${course.slug}`}>
        <strong>{course.title}</strong>
      </Link>
      <ProgressBar label={`Your progress in ${course.title}`} completed={completed} total={total} percent={percent} />
      {goOn ? (
        <Link href={lessonPath(goOn)} className="small">
          {completed === 0 ? "Begin with" : "Go on with"} “{goOn.title}”
        </Link>
      ) : (
        <span className="tag">Finished</span>
      )}
    </li>
  );
}
