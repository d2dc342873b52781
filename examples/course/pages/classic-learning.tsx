import type { GetServerSideProps } from "next";
import Head from "next/head";
import { ProgressBar } from "@/components/progress-bar";
import { openCourses, type Standing, whereTheyLeftOff } from "@/lib/learning";
import { lessonPath } from "@/lib/paths";
import { getSession } from "@/lib/session";

interface Line extends Pick<Standing, "completed" | "total" | "percent"> {
  readonly slug: string;
  readonly title: string;
  readonly goOn: { readonly title: string; readonly path: string } | null;
}

interface Props {
  readonly lines: readonly Line[];
  readonly acting: { readonly name: string; readonly until: number } | null;
}

/** The same progress as on the account page, by the same helper: `getSession` takes the context of the Pages Router. */
export const getServerSideProps: GetServerSideProps<Props> = async (context) => {
  const session = await getSession(context);
  const [open, begun] = await Promise.all([openCourses(session), whereTheyLeftOff(session)]);
  const isListed = open.some(({ course }) => course.slug === begun?.course.slug);
  const standings = begun && !isListed ? [begun, ...open] : open;
  const { actor, user } = session;
  const acting = actor && user ? { name: user.name, until: actor.expiresAt } : null;
  return { props: { lines: standings.map(lineOf), acting } };
};

// A lesson has its text with it, and props are sent to the browser.
function lineOf({ course, completed, total, percent, goOn }: Standing): Line {
  return {
    slug: course.slug,
    title: course.title,
    completed,
    total,
    percent,
    goOn: goOn && { title: goOn.title, path: lessonPath(goOn) },
  };
}

export default function ClassicLearning({ lines }: Props) {
  return (
    <div className="page narrow">
      <Head>
        <title>Your learning · Vesper</title>
      </Head>
      <header className="page-head">
        <h1>Your learning, the classic way</h1>
        <p className="lead">Read by getServerSideProps, with the helper that the rest of the shop uses.</p>
      </header>
      {lines.length === 0 ? (
        <p className="blank">
          Nothing begun yet. <a href="/">Read a first lesson for free</a>
        </p>
      ) : (
        <ul className="my-courses">
          {lines.map(({ slug, title, goOn, ...progress }) => (
            <li key={slug} className="my-course">
              <a href={`/courses/${slug}`}>
                <strong>{title}</strong>
              </a>
              <ProgressBar label={`Your progress in ${title}`} {...progress} />
              {goOn ? (
                <a href={goOn.path} className="small">
                  Go on with “{goOn.title}”
                </a>
              ) : (
                <span className="tag">Finished</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
