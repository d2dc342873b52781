import { defineExtension } from "coatcheck";
import { ordersOf } from "./orders";

/** `session.owned`: the slugs of the courses that the visitor has bought. */
export const owned = defineExtension({
  name: "owned",
  resolve: async ({ userId }: { userId: string | null }): Promise<readonly string[]> =>
    userId === null ? [] : [...new Set(ordersOf(userId).flatMap(({ lines }) => lines.map(({ slug }) => slug)))],
});

/** Whether the visitor has bought a course. Lessons may be open for other reasons, too: that is for the ability to say. */
export async function ownsCourse(session: { owned: Promise<readonly string[]> }, slug: string): Promise<boolean> {
  return (await session.owned).includes(slug);
}
