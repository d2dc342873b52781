import { instant, link, none, type Slots } from "./slots.ts";

/**
 * The sessions by their deadline, the earliest first: a binary heap whose places are kept in the slots.
 *
 * Buckets by the minute would be cheaper to fill, but a bucket of a million sessions made in one minute has to be looked
 * through in its last minute; here nothing is ever looked at that is not due, and a step costs twenty moves at a million
 * sessions, whatever anyone does.
 */
export class Deadlines {
  /** How many places were looked at so far: the measure of work that tests bound. */
  visits = 0;
  readonly #slots: Slots;
  #size = 0;

  constructor(slots: Slots) {
    this.#slots = slots;
  }

  add(slot: number): void {
    this.#rise(slot, this.#size++);
  }

  remove(slot: number): void {
    const place = this.#slots.link(slot, link.place);
    const last = this.#slots.link(--this.#size, link.atPlace);
    if (last !== slot) this.#settle(last, place);
  }

  /** Finds the new place of a slot whose deadline has changed. */
  move(slot: number): void {
    this.#settle(slot, this.#slots.link(slot, link.place));
  }

  /** The session that is due first, if it is expired at `now`; `none` otherwise. */
  expired(now: number): number {
    if (this.#size === 0) return none;
    const slot = this.#slots.link(0, link.atPlace);
    return this.#deadline(slot) <= now ? slot : none;
  }

  #settle(slot: number, place: number): void {
    const parent = (place - 1) >> 1;
    if (place > 0 && this.#isBefore(slot, parent)) this.#rise(slot, place);
    else this.#sink(slot, place);
  }

  #rise(slot: number, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(slot, parent)) break;
      this.#put(this.#slots.link(parent, link.atPlace), place);
      place = parent;
    }
    this.#put(slot, place);
  }

  #sink(slot: number, from: number): void {
    let place = from;
    for (let child = this.#earlierChild(place); child !== none; child = this.#earlierChild(place)) {
      const below = this.#slots.link(child, link.atPlace);
      if (this.#deadline(slot) <= this.#deadline(below)) break;
      this.#put(below, place);
      place = child;
    }
    this.#put(slot, place);
  }

  #earlierChild(place: number): number {
    const left = 2 * place + 1;
    if (left >= this.#size) return none;
    const right = left + 1;
    if (right >= this.#size) return left;
    return this.#isBefore(this.#slots.link(right, link.atPlace), left) ? right : left;
  }

  #isBefore(slot: number, place: number): boolean {
    return this.#deadline(slot) < this.#deadline(this.#slots.link(place, link.atPlace));
  }

  #deadline(slot: number): number {
    this.visits++;
    return Math.min(this.#slots.instant(slot, instant.idleExpires), this.#slots.instant(slot, instant.expires));
  }

  #put(slot: number, place: number): void {
    this.#slots.setLink(place, link.atPlace, slot);
    this.#slots.setLink(slot, link.place, place);
  }
}
