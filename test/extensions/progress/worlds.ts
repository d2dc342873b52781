import {
  memoryProgress,
  type Progress,
  type ProgressData,
  type ProgressOptions,
  progress,
} from "../../../src/extensions/progress/index.ts";
import { Browser, type World, world } from "../../support/world.ts";

/** A course with two sections, one of them nested, and its lessons given out of order. */
export const course = {
  lessons: [
    { id: "outro", position: 9 },
    {
      position: 2,
      lessons: [
        { id: "b2", position: 7 },
        { id: "b1", position: 3 },
        { lessons: [{ id: "b3" }], position: 8 },
      ],
    },
    { id: "intro", position: 0 },
    { position: 1, lessons: [{ id: "a1" }, { id: "a2" }] },
  ],
};

/** Its lessons as they are taken. */
export const order = ["intro", "a1", "a2", "b1", "b2", "b3", "outro"];

/** A port that counts its calls. */
export function counted(data: ProgressData): { readonly data: ProgressData; readonly calls: string[] } {
  const calls: string[] = [];
  const names = Object.keys(data) as (keyof ProgressData)[];
  const counting = names.map((name) => [
    name,
    (...args: unknown[]) => {
      calls.push(name);
      return (data[name] as (...args: unknown[]) => unknown)(...args);
    },
  ]);
  return { calls, data: Object.fromEntries(counting) };
}

export interface ProgressWorld extends World {
  readonly data: ProgressData;
  browser(): Learner;
}

/** A browser whose visits are about its progress. */
export interface Learner {
  readonly browser: Browser;
  do<Result>(task: (progress: Progress, session: LearnerSession) => Promise<Result>): Promise<Result>;
}

export interface LearnerSession {
  readonly userId: string | null;
  readonly progress: Progress;
  signIn(userId: string): Promise<void>;
  destroy(): Promise<void>;
}

/** A configuration with the extension. */
export function progressWorld(options: Partial<ProgressOptions> = {}, store?: World["store"]): ProgressWorld {
  const data = options.data ?? memoryProgress();
  const extension = progress({ courses: (slug) => (slug === "ts" ? course : null), ...options, data });
  const here = world({ extend: { progress: extension } as never, ...(store && { store }) });
  return {
    ...here,
    data,
    browser() {
      const browser = new Browser(here);
      return {
        browser,
        do: (task) =>
          browser.visit((session) => {
            const learner = session as unknown as LearnerSession;
            return task(learner.progress, learner);
          }),
      };
    },
  };
}
