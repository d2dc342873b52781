import type { FakeRuntime } from "../../src/testing/index.ts";

/** Lets everything go on that waits for no time: promises, and cryptography, whose turns are taken on other threads. */
export async function goOn(runtime?: FakeRuntime): Promise<void> {
  const block = new Uint8Array(65_536);
  for (let turn = 0; turn < 4; turn++) {
    // It queues behind what is being done there, and so takes longer where the machine is busy.
    await Promise.all([1, 2, 3, 4].map(() => crypto.subtle.digest("SHA-512", block)));
    await new Promise((resolve) => setImmediate(resolve));
    await runtime?.settle();
  }
}

/** Waits until something is so, without any time passing. */
export async function reaches(isSo: () => boolean): Promise<void> {
  while (!isSo()) await goOn();
}

/** Lets time pass until a promise is settled. */
export async function until<Value>(runtime: FakeRuntime, promise: Promise<Value>): Promise<Value> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  promise.then(done, done);
  while (!isDone) {
    await goOn(runtime);
    if (!isDone) runtime.advance(100);
  }
  return promise;
}
