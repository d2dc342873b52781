import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  memoryProgress,
  type ProgressData,
  progressSchema,
  sqlProgress,
} from "../../../src/extensions/progress/index.ts";
import { describeWith } from "../../require-services.ts";
import { servers, type TestDatabase } from "../sql/databases.ts";

const program = fileURLToPath(new URL("learn.mjs", import.meta.url));

/** A process that completes lessons; tells which it completed first. */
function learn(address: readonly string[], kind: "sound" | "broken", lessons: readonly string[]): Promise<string[]> {
  const args = [program, address[0] ?? "", address[1] ?? "", address[2] ?? "", kind, JSON.stringify(lessons)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(JSON.parse(printed)) : reject(new Error(`ended with ${code}`)),
    );
  });
}

const idsOf = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `lesson-${from + at}`);

for (const server of servers) {
  await describeWith(`R-A16 sqlProgress on ${server.name}`, server.isAvailable, () => {
    const open = async (): Promise<TestDatabase & { data: ProgressData }> => {
      const made = await server.make();
      return { ...made, data: sqlProgress(made.database) };
    };

    it("does what the rules say, whatever comes in whatever order", async () => {
      const { data } = await open();
      const step = fc.record({
        action: fc.constantFrom("complete" as const, "reopen" as const, "visit" as const, "merge" as const),
        lesson: fc.constantFrom("a", "b", "A", "\ud800"),
        now: fc.integer({ min: 1, max: 6 }),
        seen: fc.option(fc.integer({ min: 1, max: 6 })),
      });
      let user = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
          const model = memoryProgress();
          const userId = `u${++user}`;
          for (const { action, lesson, now, seen } of steps) {
            const act = (port: ProgressData) =>
              action === "merge"
                ? port.merge(userId, [{ lessonId: lesson, completedAt: now, visitedAt: seen }])
                : port[action](userId, lesson, now);
            const [one, other] = [await act(data), await act(model)];
            if (action === "complete" || action === "reopen") expect(one).toBe(other);
          }
          const touched = (notes: Awaited<ReturnType<ProgressData["load"]>>) =>
            notes
              .filter(({ changedAt, visitedAt }) => changedAt > 0 || visitedAt !== null)
              .map((note) => JSON.stringify(note))
              .sort();
          expect(touched(await data.load(userId))).toEqual(touched(await model.load(userId)));
        }),
        { numRuns: 25 },
      );
    });

    it("keeps users apart, and forgets one", async () => {
      const { data } = await open();
      await data.complete("u1", "a", 1);
      await data.complete("U1", "b", 1);
      await data.merge("u1 ", [{ lessonId: "c", completedAt: 1, visitedAt: 1 }]);
      expect((await data.load("u1")).map(({ lessonId }) => lessonId)).toEqual(["a"]);
      await data.forget("u1");
      expect([await data.load("u1"), (await data.load("U1")).length]).toEqual([[], 1]);
    });

    it("merges many at once, from several sides", async () => {
      const { data, reopen } = await open();
      const held = (from: number, to: number) =>
        idsOf(from, to).map((lessonId) => ({ lessonId, completedAt: 5, visitedAt: 5 }));
      const other = sqlProgress(reopen());
      await Promise.all([data.merge("u", held(0, 150)), other.merge("u", held(100, 250).reverse())]);
      expect(await data.load("u")).toHaveLength(250);
    });

    it("loses no completion of four processes at once, and tells each one first to one of them", async () => {
      const { data, address } = await open();
      const lessons = [idsOf(0, 20), idsOf(10, 30), idsOf(0, 30).reverse(), idsOf(5, 25)];
      const firsts = await Promise.all(lessons.map((list) => learn(address, "sound", list)));
      expect(firsts.flat().sort()).toEqual(idsOf(0, 30).sort());
      const completed = (await data.load("u1")).filter(({ completedAt }) => completedAt !== null);
      expect(completed.map(({ lessonId }) => lessonId).sort()).toEqual(idsOf(0, 30).sort());
    });

    it("control: lessons that are counted by reading and writing again are lost", async () => {
      const { database, address } = await open();
      await Promise.all([idsOf(0, 10), idsOf(10, 20)].map((list) => learn(address, "broken", list)));
      const [row] = await database.tables(progressSchema).read("look", "SELECT changed_at FROM {progress}");
      expect(row?.changed_at).toBeLessThan(20);
    });
  });
}
