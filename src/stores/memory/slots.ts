// Sessions lie in numbered slots, and slots in pages, so that growing by one page never copies what is there already.
// The numbers of a session lie outside the JavaScript heap: a million sessions are one string and one id each to the
// garbage collector.
const pageBits = 10;
const pageSize = 1 << pageBits;
const inPage = pageSize - 1;

/** What a slot says where it has no neighbour to name. */
export const none = -1;

/** The whole numbers of a slot: its neighbours in its ring, its place among the deadlines, its size in bytes. */
export const link = { previous: 0, next: 1, place: 2, atPlace: 3, bytes: 4 } as const;
const linksPerSlot = 5;

/** The instants of a slot. */
export const instant = { created: 0, lastSeen: 1, idleExpires: 2, expires: 3 } as const;
const instantsPerSlot = 4;

interface Page {
  readonly ids: string[];
  readonly texts: string[];
  readonly instants: Float64Array;
  readonly links: Int32Array;
}

/** The slots of one store. Slots are taken from the lowest upward and used again once given back. */
export class Slots {
  readonly #pages: Page[] = [];
  #taken = 0;
  #free: number = none;

  /** Takes a slot for an id. */
  take(id: string): number {
    const slot = this.#free === none ? this.#takeNew() : this.#takeFree();
    this.#page(slot).ids[slot & inPage] = id;
    return slot;
  }

  /** Gives a slot back, and lets go of its texts. */
  giveBack(slot: number): void {
    const page = this.#page(slot);
    page.ids[slot & inPage] = "";
    page.texts[slot & inPage] = "";
    this.setLink(slot, link.next, this.#free);
    this.#free = slot;
  }

  id(slot: number): string {
    return this.#page(slot).ids[slot & inPage] as string;
  }

  text(slot: number): string {
    return this.#page(slot).texts[slot & inPage] as string;
  }

  setText(slot: number, text: string): void {
    this.#page(slot).texts[slot & inPage] = text;
  }

  link(slot: number, which: number): number {
    return this.#page(slot).links[(slot & inPage) * linksPerSlot + which] as number;
  }

  setLink(slot: number, which: number, value: number): void {
    this.#page(slot).links[(slot & inPage) * linksPerSlot + which] = value;
  }

  instant(slot: number, which: number): number {
    return this.#page(slot).instants[(slot & inPage) * instantsPerSlot + which] as number;
  }

  setInstant(slot: number, which: number, value: number): void {
    this.#page(slot).instants[(slot & inPage) * instantsPerSlot + which] = value;
  }

  #page(slot: number): Page {
    return this.#pages[slot >> pageBits] as Page;
  }

  #takeNew(): number {
    if ((this.#taken & inPage) === 0) this.#pages.push(newPage());
    return this.#taken++;
  }

  #takeFree(): number {
    const slot = this.#free;
    this.#free = this.link(slot, link.next);
    return slot;
  }
}

function newPage(): Page {
  return {
    ids: new Array<string>(pageSize).fill(""),
    texts: new Array<string>(pageSize).fill(""),
    instants: new Float64Array(pageSize * instantsPerSlot),
    links: new Int32Array(pageSize * linksPerSlot),
  };
}
