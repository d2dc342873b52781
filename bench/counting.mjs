// What a client sends, counted: calls (a statement or a command each) and those of them that write.

export const newCounter = () => ({ calls: 0, writes: 0 });

const writingSql = /\b(insert|update|delete|replace|call)\b/i;
const readingCommands = new Set(["get", "mget", "hget", "hmget", "hgetall", "exists", "ttl", "pttl", "type", "time"]);

/** Makes `method` of `target` count each call, by the statement that `textOf` finds among its arguments. */
export function countStatements(counter, target, method) {
  const original = target[method];
  target[method] = function counted(...args) {
    const text = typeof args[0] === "string" ? args[0] : (args[0]?.text ?? args[0]?.sql ?? "");
    counter.calls++;
    if (writingSql.test(text)) counter.writes++;
    return original.apply(this, args);
  };
}

/** The same for a client of Redis, whose method gets one command: a list of words, or an object with a name. */
export function countCommands(counter, target, method) {
  const original = target[method];
  target[method] = function counted(...args) {
    countCommand(counter, args[0]);
    return original.apply(this, args);
  };
}

/** The same for its method that gets a list of `{ args }`. */
export function countPipelines(counter, target, method) {
  const original = target[method];
  target[method] = function counted(...args) {
    for (const { args: command } of args[0]) countCommand(counter, command);
    return original.apply(this, args);
  };
}

function countCommand(counter, command) {
  const name = String(command?.name ?? command?.[0]).toLowerCase();
  counter.calls++;
  if (!readingCommands.has(name) && !name.endsWith("_ro")) counter.writes++;
}
