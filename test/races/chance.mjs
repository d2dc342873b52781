/** Chance that can be had again: the same seed gives the same choices (the generator mulberry32 by Tommy Ettinger). */
export class Chance {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 up to, but not including, `end`. */
  below(end) {
    return Math.floor(this.next() * end);
  }

  /** One of the items. */
  pick(items) {
    return items[this.below(items.length)];
  }

  /** True so often: `oneIn(2)` every other time. */
  oneIn(times) {
    return this.below(times) === 0;
  }
}
