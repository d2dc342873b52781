/** The page of a lesson. */
export function lessonPath({ course, slug }: { readonly course: string; readonly slug: string }): string {
  return `/courses/${course}/lessons/${slug}`;
}
