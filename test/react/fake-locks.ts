/** The part of the browser's lock manager that is used here, for Node.js, which has none before version 24. */
export function fakeLocks(): Pick<LockManager, "request"> {
  const lines = new Map<string, Promise<unknown>>();
  const held = new Map<string, number>();

  async function request(name: string, ...rest: unknown[]): Promise<unknown> {
    const [first, second] = rest;
    const { ifAvailable = false } = typeof first === "function" ? {} : (first as LockOptions);
    const callback = (typeof first === "function" ? first : second) as (lock: object | null) => unknown;
    if (ifAvailable && (held.get(name) ?? 0) > 0) return callback(null);
    held.set(name, (held.get(name) ?? 0) + 1);
    const turn = (lines.get(name) ?? Promise.resolve()).then(() => callback({ name }));
    const done = turn
      .catch(() => {})
      .then(() => {
        held.set(name, (held.get(name) ?? 1) - 1);
      });
    lines.set(name, done);
    return turn;
  }

  return { request: request as LockManager["request"] };
}
