/**
 * What one session may hold, as its visitor knows it: what was acknowledged is there, what was not answered may be there,
 * or may come later, once; nothing else is.
 */
export class Expected {
  #acknowledged = new Set();
  #attempted = new Set();
  #possible = new Map();

  /** How many increments were tried. */
  get attempts() {
    return this.#attempted.size;
  }

  get acknowledged() {
    return this.#acknowledged.size;
  }

  /** What holds for every answer to a request that is sent now. */
  snapshot() {
    return { acknowledged: new Set(this.#acknowledged), possible: new Map(this.#possible) };
  }

  count(op) {
    this.#attempted.add(op);
  }

  counted(op) {
    this.#acknowledged.add(op);
  }

  set(slot, value) {
    this.#possible.set(slot, new Set(this.#possible.get(slot) ?? [undefined]).add(value));
  }

  /** Values that were sent before and never answered may still overwrite this one. */
  wasSet(slot, value, unanswered) {
    this.#possible.set(slot, new Set([value, ...unanswered]));
  }

  /** Holds the data of an answer against a snapshot from before its request. Tells what is wrong, or `null`. */
  problemOf(data, before) {
    return this.#counterProblem(data.counter, before) ?? this.#slotProblem(data, before);
  }

  #counterProblem({ count = 0, ops = [] } = {}, { acknowledged }) {
    const known = new Set(ops);
    if (known.size !== ops.length) return "an increment was counted twice";
    if (count !== ops.length) return `the count is ${count} with ${ops.length} increments`;
    for (const op of acknowledged) if (!known.has(op)) return "an acknowledged increment is lost";
    for (const op of known) if (!this.#attempted.has(op)) return "an increment of somebody else is counted";
    return null;
  }

  #slotProblem(data, { possible }) {
    for (const [slot, now] of this.#possible) {
      const value = data[slot];
      const then = possible.get(slot) ?? new Set([undefined]);
      if (!now.has(value) && !then.has(value)) return `an acknowledged write of ${slot} is lost`;
    }
    return null;
  }
}
