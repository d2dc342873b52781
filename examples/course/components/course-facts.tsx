import type { Course } from "@/lib/catalogue";

export function CourseFacts({ course }: { course: Course }) {
  return (
    <dl className="facts-list">
      <div>
        <dt>Taught by</dt>
        <dd>{course.teacher}</dd>
      </div>
      <div>
        <dt>Video</dt>
        <dd>{course.hours} hours</dd>
      </div>
      <div>
        <dt>Level</dt>
        <dd>{course.level}</dd>
      </div>
    </dl>
  );
}
