/** What a program comes to: how far it got, and everything that went against the guarantee. */
export class Findings {
  /** The figure that was reached. */
  reached = 0;
  #count = 0;
  #examples = [];
  #notes = [];

  /** Notes a figure that goes with the result. */
  note(what) {
    this.#notes.push(what);
  }

  /** Notes something that must not happen. Of many only the first ones are kept word for word. */
  fail(what) {
    this.#count += 1;
    if (this.#examples.length < mostExamples) this.#examples.push(what);
  }

  /** Notes a failure unless the condition holds. */
  check(holds, what) {
    if (!holds) this.fail(typeof what === "function" ? what() : what);
  }

  /** Takes over what another process found. */
  add({ reached = 0, failures = 0, examples = [] }) {
    this.reached += reached;
    this.#count += failures;
    this.#examples.push(...examples.slice(0, Math.max(0, mostExamples - this.#examples.length)));
  }

  /** As a plain value, which travels between processes. */
  report() {
    return { reached: this.reached, failures: this.#count, examples: this.#examples, notes: this.#notes };
  }
}

const mostExamples = 5;

/** An error in a few words that can travel between processes. */
export function wordsOf(error) {
  const cause = error?.cause ? ` (${error.cause.code ?? ""} ${error.cause.message ?? error.cause})` : "";
  return error?.code ? `${error.code}${cause}` : `${error?.stack ?? error}`;
}
