import type { RecordChange } from "../store/port.ts";
import { checkSize } from "./data-shape.ts";

type Texts = Readonly<Record<string, string>>;

/** One change of the data, as a function that may run again: it reads and writes texts through the draft. */
export type DataOperation<Result = unknown> = (draft: Draft) => Result;

/** The part of a change that concerns data. */
export type DataChange = Pick<RecordChange, "expect" | "clear" | "remove" | "set">;

interface State {
  readonly texts: Map<string, string>;
  readonly expected: Map<string, string | null>;
  readonly touched: Set<string>;
  cleared: boolean;
}

/**
 * The data of one record while operations are applied to it one after another. It notes which keys were read, so that the
 * store can be asked to apply the result only where they still are what was read.
 */
export class Draft {
  readonly #base: Texts;
  #state: State;

  constructor(base: Texts) {
    this.#base = base;
    this.#state = { texts: new Map(Object.entries(base)), expected: new Map(), touched: new Set(), cleared: false };
  }

  /** The text of a key as the operations before left it. */
  read(key: string): string | undefined {
    const { texts, expected, touched, cleared } = this.#state;
    if (!cleared && !touched.has(key)) expected.set(key, this.#stored(key) ?? null);
    return texts.get(key);
  }

  /** The text of a key, when it does not matter whether it is still stored so by the time of the write. */
  peek(key: string): string | undefined {
    return this.#state.texts.get(key);
  }

  write(key: string, text: string | undefined): void {
    const { texts, touched } = this.#state;
    touched.add(key);
    if (text === undefined) texts.delete(key);
    else texts.set(key, text);
  }

  clear(): void {
    this.#state.texts.clear();
    this.#state.touched.clear();
    this.#state.cleared = true;
  }

  /** Applies one operation: all of it, or, when it throws or would exceed the limits, nothing. */
  apply<Result>(operation: DataOperation<Result>): Result {
    const before = copyOf(this.#state);
    try {
      const result = operation(this);
      // What only takes away is never refused: two requests at once may have stored more than fits.
      if (this.#isChanged() && !isWithin(this.#state.texts, before.texts)) checkSize(this.texts());
      return result;
    } catch (error) {
      this.#state = before;
      throw error;
    }
  }

  /** All the texts as they now are. */
  texts(): Texts {
    const texts: Record<string, string> = Object.create(null);
    for (const [key, text] of this.#state.texts) texts[key] = text;
    return texts;
  }

  /** What the store has to do, or `null` when nothing was written. */
  change(): DataChange | null {
    if (!this.#isChanged()) return null;
    const { texts, expected, touched, cleared } = this.#state;
    const set: Record<string, string> = Object.create(null);
    const remove: string[] = [];
    for (const key of cleared ? texts.keys() : touched) {
      const text = texts.get(key);
      if (text === undefined) remove.push(key);
      else set[key] = text;
    }
    const expect: Record<string, string | null> = Object.create(null);
    for (const [key, text] of expected) expect[key] = text;
    return {
      set,
      ...(remove.length > 0 && { remove }),
      ...(cleared && { clear: true }),
      ...(expected.size > 0 && { expect }),
    };
  }

  #isChanged(): boolean {
    return this.#state.cleared || this.#state.touched.size > 0;
  }

  #stored(key: string): string | undefined {
    return Object.hasOwn(this.#base, key) ? this.#base[key] : undefined;
  }
}

function isWithin(texts: ReadonlyMap<string, string>, before: ReadonlyMap<string, string>): boolean {
  for (const [key, text] of texts) if (before.get(key) !== text) return false;
  return true;
}

function copyOf(state: State): State {
  return {
    texts: new Map(state.texts),
    expected: new Map(state.expected),
    touched: new Set(state.touched),
    cleared: state.cleared,
  };
}

/** The data of a session that has none. */
export const noTexts: Texts = Object.freeze(Object.create(null));

/** Some of the texts, by their keys. */
export function pickTexts(texts: Texts, keys: readonly string[]): Texts {
  const picked: Record<string, string> = Object.create(null);
  for (const key of keys) if (Object.hasOwn(texts, key)) picked[key] = texts[key] as string;
  return picked;
}
