import Link from "next/link";
import { ContinueLearning } from "@/components/continue-learning";
import { CourseCard } from "@/components/course-card";
import { Evening } from "@/components/icons";
import { Notices } from "@/components/notices";
import { catalogue } from "@/lib/catalogue";

const levels = ["All", "Beginner", "Intermediate", "Advanced"];

export default async function CataloguePage({ searchParams }: PageProps<"/">) {
  const { level = "All" } = await searchParams;
  const courses = catalogue.filter((course) => level === "All" || course.level === level);
  return (
    <div className="page">
      <Notices />
      <section className="hero">
        <div>
          <h1>Learn something after dark.</h1>
          <p className="lead">
            Small, well-made courses for the hours between work and sleep. Pay once, take your time, keep them for good.
          </p>
        </div>
        <Evening />
      </section>
      <ContinueLearning />
      <div className="section-head" id="courses">
        <h2>{level === "All" ? "All courses" : `${level} courses`}</h2>
        <nav aria-label="Level" className="pills">
          {levels.map((name) => (
            <Link
              key={name}
              href={name === "All" ? "/" : `/?level=${name}`}
              aria-current={name === level ? "true" : undefined}
              scroll={false}
            >
              {name}
            </Link>
          ))}
        </nav>
      </div>
      <ul className="cards">
        {courses.map((course) => (
          <CourseCard key={course.slug} course={course} />
        ))}
      </ul>
    </div>
  );
}
