/** The steps at which a writer can be stopped: before a store call, and after it but before its answer is known. */
export const steps = ["create", "set", "rotate", "signIn", "destroy", "revokeUser"].flatMap((call) => [
  `${call} starts`,
  `${call} answers`,
]);

/** Which step an update is part of. */
function nameOf(change) {
  if (change.raiseGeneration) return "signIn";
  return change.token ? "rotate" : "set";
}

/** Lets everything pass but one step: there the process stops for good, to be killed. */
export function stopAt(store, step, onStop) {
  if (!step) return store;
  const never = () => {
    onStop();
    return new Promise(() => undefined);
  };
  const around = async (call, proceed) => {
    if (step === `${call} starts`) return never();
    const answer = await proceed();
    return step === `${call} answers` ? never() : answer;
  };
  return {
    ...store,
    create: (record) => around("create", () => store.create(record)),
    update: (id, change, now) => around(nameOf(change), () => store.update(id, change, now)),
    destroy: (id, generation) => around("destroy", () => store.destroy(id, generation)),
    byUser: {
      ...store.byUser,
      destroy: (userId, except) => around("revokeUser", () => store.byUser.destroy(userId, except)),
    },
  };
}
