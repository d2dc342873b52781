import { progress, sqlProgress } from "coatcheck/extensions/progress";
import { abilities } from "./abilities";
import { findLesson, structureOf } from "./curriculum";
import { isOpenTo } from "./open-lesson";
import { places } from "./store";

/** The notes of everybody who is signed in. */
export const studyData = sqlProgress(places().extensions);

/** `session.progress`: what the visitor has learnt, in the session until they sign in, and in the database from then on. */
export const study = progress({
  data: studyData,
  courses: structureOf,
  hasLesson: (id) => findLesson(id) !== undefined,
  needs: [abilities],
  // A page shows no button on a locked lesson; whoever calls the action by hand is refused here.
  async mayComplete(session, id) {
    const lesson = findLesson(id);
    return lesson !== undefined && (await isOpenTo(session, lesson));
  },
});
