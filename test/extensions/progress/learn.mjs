// A process that learns: `learn.mjs <dialect> <where> <schema> <sound or broken> <lessons as JSON>`. Completes the lessons, merges them again
// as an anonymous visitor's, and prints which of them it completed first.
import { dist, importBuilt } from "../../races/library.mjs";
import { connect } from "../sql/connect.mjs";

const [dialect, where, schema, kind, list] = process.argv.slice(2);
const { progressSchema, sqlProgress } = await importBuilt(dist, "extensions/progress/index.js");
const { database, close } = await connect([dialect, where, schema]);

// The control: a count of lessons that is read, raised and written, as a hand-written helper does it.
function brokenProgress() {
  const tables = database.tables(progressSchema);
  return {
    async complete(userId) {
      await tables.add("add", "INSERT INTO {progress} (user_id, lesson_id, changed_at) VALUES (?, 'all', 0)", [userId]);
      const [row] = await tables.read("read", "SELECT changed_at FROM {progress} WHERE user_id = ?", [userId]);
      await tables.write("write", "UPDATE {progress} SET changed_at = ? WHERE user_id = ?", [
        row.changed_at + 1,
        userId,
      ]);
      return true;
    },
    merge: async () => undefined,
  };
}

const data = kind === "broken" ? brokenProgress() : sqlProgress(database);
const lessons = JSON.parse(list);
const first = await Promise.all(
  lessons.map(async (lesson) => ((await data.complete("u1", lesson, Date.now())) ? lesson : null)),
);
await data.merge(
  "u1",
  lessons.map((lessonId) => ({ lessonId, completedAt: 1, visitedAt: Date.now() })),
);
console.log(JSON.stringify(first.filter((lesson) => lesson !== null)));
await close();
