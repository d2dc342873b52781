import { flat, type Owner, theEngines } from "./pack.ts";
import { Index } from "./slot-index.ts";
import { link, none, type Slots } from "./slots.ts";

/**
 * Every session lies in one ring, linked through its slot: that of its user, or that of the anonymous ones. A ring is
 * known by its head, the session used longest ago; whatever is used goes to the end. What is the engine's own lies in none: nobody
 * lists it, and it makes way for nobody. All but `ofUser` are of constant time.
 */
export class Rings {
  readonly #slots: Slots;
  readonly #users = new Index();
  #anonymous: number = none;

  constructor(slots: Slots) {
    this.#slots = slots;
  }

  /** Puts a slot at the end of a ring. */
  enter(slot: number, owner: Owner): void {
    if (owner === theEngines) return;
    const head = this.#head(owner);
    if (head === none) {
      this.#join(slot, slot);
      this.#setHead(owner, slot);
    } else {
      this.#join(this.#slots.link(head, link.previous), slot);
      this.#join(slot, head);
    }
  }

  /** Takes a slot out of its ring. */
  leave(slot: number, owner: Owner): void {
    if (owner === theEngines) return;
    const next = this.#slots.link(slot, link.next);
    this.#join(this.#slots.link(slot, link.previous), next);
    if (this.#head(owner) === slot) this.#setHead(owner, next === slot ? none : next);
  }

  /** The anonymous session used longest ago that is not `except`, or `none`. */
  oldestAnonymous(except: number): number {
    const head = this.#anonymous;
    if (head !== except || head === none) return head;
    const next = this.#slots.link(head, link.next);
    return next === head ? none : next;
  }

  /** The sessions of a user. */
  ofUser(userId: string): number[] {
    const head = this.#head(userId);
    const found: number[] = [];
    for (let slot = head; slot !== none; ) {
      found.push(slot);
      const next = this.#slots.link(slot, link.next);
      slot = next === head ? none : next;
    }
    return found;
  }

  #head(userId: string | null): number {
    return userId === null ? this.#anonymous : this.#users.get(userId);
  }

  #setHead(userId: string | null, head: number): void {
    if (userId === null) this.#anonymous = head;
    else if (head === none) this.#users.delete(userId);
    else this.#users.set(flat(userId), head);
  }

  #join(left: number, right: number): void {
    this.#slots.setLink(left, link.next, right);
    this.#slots.setLink(right, link.previous, left);
  }
}
