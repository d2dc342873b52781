// Copies of one row that the store itself has written, each with an id and deadlines of its own.

/** The columns that differ from row to row; every other column is the row's that is copied. */
export function copyOf(columns, own) {
  return {
    names: columns.join(", "),
    values: columns.map((column) => own[column] ?? `t.${column}`).join(", "),
  };
}

/**
 * Makes `method` of `target` remember the newest statements of the sweep, one of each kind (SELECT, DELETE, WITH), in
 * `statements`: by their first word, as `{ text, values }`.
 */
export function noteSweep(target, method, statements) {
  const original = target[method];
  target[method] = function noting(...args) {
    const text = typeof args[0] === "string" ? args[0] : (args[0]?.text ?? args[0]?.sql ?? "");
    if (isOfSweep(text)) statements.set(firstWord(text), { text, values: valuesIn(args) });
    return original.apply(this, args);
  };
}

/** Whether a statement looks for what is expired, as only the sweep does. */
export function isOfSweep(text) {
  return /idle_expires_at[^,]*<=/i.test(text) && /^\s*(select|delete|with)/i.test(text);
}

export function firstWord(text) {
  return /\w+/.exec(text)[0].toUpperCase();
}

function valuesIn([first, second]) {
  return Array.isArray(second) ? second : (first?.values ?? []);
}
