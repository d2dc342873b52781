import Link from "next/link";
import { whereTheyLeftOff } from "@/lib/learning";
import { lessonPath } from "@/lib/paths";
import { getSession } from "@/lib/session";
import { Artwork } from "./artwork";
import { ProgressBar } from "./progress-bar";

/** "Continue where you left off", for whoever has begun something. It is kept in the session until they sign in. */
export async function ContinueLearning() {
  const standing = await whereTheyLeftOff(await getSession());
  if (!standing?.goOn) return null;
  const { course, goOn, completed, total, percent } = standing;
  return (
    <section className="panel continue" aria-labelledby="continue">
      <div className="thumb">
        <Artwork course={course} />
      </div>
      <div>
        <h2 id="continue">Continue where you left off</h2>
        <p className="muted">
          {course.title} · {goOn.title}
        </p>
        <ProgressBar label={`Your progress in ${course.title}`} completed={completed} total={total} percent={percent} />
      </div>
      <Link className="button" href={lessonPath(goOn)}>
        Continue<span className="visually-hidden"> with {goOn.title}</span>
      </Link>
    </section>
  );
}
