import type { Clock } from "./runtime.ts";

/** What was asked has not answered in time. It may go on; nobody waits for it any more. */
export class NoAnswer extends Error {}

/** Waits for a promise, but no longer than `ms` milliseconds. @throws {@link NoAnswer} when that has passed. */
export function withinLimit<T>(answer: PromiseLike<T>, ms: number, clock: Pick<Clock, "after">): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new NoAnswer(`no answer within ${ms} ms`)));
    answer.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error) => {
        cancel();
        reject(error);
      },
    );
  });
}
