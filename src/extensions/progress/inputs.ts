import { isObject, ownSchema } from "../parts/own-schema.ts";
import { isSqlKey } from "../sql/values.ts";

/** What `GET {basePath}/progress` takes. */
export const slugInput = ownSchema<{ readonly course: string }>((value) => {
  return isObject(value) && isSqlKey(value.course) ? { course: value.course } : undefined;
});

/** What `POST {basePath}/progress-lesson` takes; a form sends texts. */
export const lessonInput = ownSchema<
  { readonly lesson: string; readonly completed: boolean },
  { readonly lesson: string; readonly completed: boolean | "true" | "false" }
>((value) => {
  if (!isObject(value) || !isSqlKey(value.lesson)) return undefined;
  const completed = truthOf(value.completed);
  return completed === undefined ? undefined : { lesson: value.lesson, completed };
});

function truthOf(value: unknown): boolean | undefined {
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : undefined;
}
