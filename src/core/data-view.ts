import type { DataShape, DiscardReason } from "./data-shape.ts";
import { deepFreeze } from "./json.ts";

/** Told of each stored value that was passed over, once. */
export type OnDiscard = (key: string, reason: DiscardReason) => void;

/** Shows the texts of a record as values. */
export type ViewData = (texts: Texts, onDiscard: OnDiscard) => object;

type Texts = Readonly<Record<string, string>>;

const inspect = Symbol.for("nodejs.util.inspect.custom");

/**
 * Makes the viewer of one configuration.
 *
 * What it shows looks like a plain object of the data, but is read-only, and decodes and validates each key when it is first
 * read. It is isolated: every view decodes texts of its own. A proxy, since most requests read one key of several, and making
 * a getter for each would take longer than decoding all of them.
 */
export function createViewData(shape: DataShape): ViewData {
  return (texts, onDiscard) => new Proxy(new Source(shape, texts, onDiscard), handler);
}

/** What a view has still to decode, and what it has decoded. */
class Source {
  readonly #shape: DataShape;
  readonly #texts: Texts;
  readonly #onDiscard: OnDiscard;
  readonly #decoded: Record<string, unknown> = Object.create(null);

  constructor(shape: DataShape, texts: Texts, onDiscard: OnDiscard) {
    this.#shape = shape;
    this.#texts = texts;
    this.#onDiscard = onDiscard;
  }

  /** The value of a key, or `undefined` where it is absent. */
  read(key: string): unknown {
    const decoded = this.#decoded[key];
    if (decoded !== undefined || !this.#mayHave(key)) return decoded;
    if (key in this.#decoded) return undefined;
    const { value, discarded } = this.#shape.decode(
      key,
      Object.hasOwn(this.#texts, key) ? this.#texts[key] : undefined,
    );
    this.#decoded[key] = deepFreeze(value);
    if (discarded) this.#onDiscard(key, discarded);
    return value;
  }

  /** The keys that have a value. One whose value was passed over, without a default to stand in for it, is absent. */
  keys(): string[] {
    const possible = this.#shape.keys ?? Object.keys(this.#texts);
    return possible.filter((key) => this.#mayHave(key) && !(key in this.#decoded && this.#decoded[key] === undefined));
  }

  #mayHave(key: string): boolean {
    const { keys } = this.#shape;
    if (keys === null ? this.#shape.isForeign(key) : !keys.includes(key)) return false;
    return Object.hasOwn(this.#texts, key) || this.#shape.hasDefault(key);
  }

  /** What printing a view shows: Node looks through a proxy for this, and calls it on the proxy. */
  [inspect](): object {
    return { ...this };
  }
}

const refuse = (): boolean => false;

const handler: ProxyHandler<Source> = {
  get(source, key) {
    const value = typeof key === "string" ? source.read(key) : undefined;
    return value === undefined ? Reflect.get(Object.prototype, key) : value;
  },
  has: (source, key) => (typeof key === "string" && source.read(key) !== undefined) || key in Object.prototype,
  ownKeys: (source) => source.keys(),
  getOwnPropertyDescriptor(source, key) {
    const value = typeof key === "string" ? source.read(key) : undefined;
    return value === undefined ? undefined : { value, enumerable: true, configurable: true, writable: false };
  },
  getPrototypeOf: () => Object.prototype,
  set: refuse,
  defineProperty: refuse,
  deleteProperty: refuse,
  setPrototypeOf: refuse,
};
