/**
 * One order of events, chosen by chance: actors in several processes stop before and after every store call, and go on one
 * at a time. The same seed gives the same order.
 */
export class Schedule {
  #crew;
  #chance;
  #name;
  #started = 0;
  #running = 0;
  #waiting = [];
  #quiet = () => undefined;

  constructor(crew, chance, name) {
    this.#crew = crew;
    this.#chance = chance;
    this.#name = name;
  }

  /** Starts an actor in any of the processes. Its `result` is there when it is done. */
  start(deed, request) {
    const name = `${this.#name}.${this.#started++}`;
    const actor = { name, deed, worker: this.#crew.worker(this.#chance.below(this.#crew.size)), result: null };
    this.#running += 1;
    actor.worker.watch(name, () => {
      this.#waiting.push(actor);
      this.#pausedOne();
    });
    actor.worker.call("act", { ...request, actor: name, deed }).then(
      (result) => this.#finish(actor, result),
      (error) => this.#finish(actor, { outcome: "failed", error: error.message }),
    );
    return actor;
  }

  /** Lets the actors go on in a random order until all are done, and calls `onStep` between any two steps. */
  async run(onStep) {
    for (;;) {
      await this.#untilQuiet();
      await onStep();
      if (this.#waiting.length === 0) return;
      // Messages arrive in any order: by name, the choice depends on the seed alone.
      this.#waiting.sort((one, other) => (one.name < other.name ? -1 : 1));
      const [actor] = this.#waiting.splice(this.#chance.below(this.#waiting.length), 1);
      this.#running += 1;
      actor.worker.pass(actor.name);
    }
  }

  #finish(actor, result) {
    actor.result = result;
    actor.worker.unwatch(actor.name);
    this.#pausedOne();
  }

  #pausedOne() {
    this.#running -= 1;
    if (this.#running === 0) this.#quiet();
  }

  #untilQuiet() {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#quiet = resolve;
    });
  }
}

const atOnce = 24;

/** Runs numbered schedules, several at once, until `figure` of them have counted. */
export async function runSchedules(figure, runOne) {
  let counted = 0;
  let number = 0;
  const lane = async () => {
    while (counted < figure) if (await runOne(number++)) counted += 1;
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, figure) }, lane));
  return counted;
}
