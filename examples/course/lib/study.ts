import { progress, sqlProgress } from "coatcheck/extensions/progress";
import { findLesson, structureOf } from "./curriculum";
import { places } from "./store";

/** `session.progress`: what the visitor has learnt, in the session until they sign in, and in the database from then on. */
export const study = progress({
  data: sqlProgress(places().extensions),
  courses: structureOf,
  hasLesson: (id) => findLesson(id) !== undefined,
});
