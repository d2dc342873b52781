// The clock of the application, which the test puts back: one for all realms of the process.
const behind = Symbol.for("coatcheck.test.behind");

export const putBack = (ms) => {
  globalThis[behind] = ms;
};

export const clock = { now: () => Date.now() - (globalThis[behind] ?? 0) };
