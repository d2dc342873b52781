import type { DataShape, DiscardReason } from "./data-shape.ts";
import { deepFreeze } from "./json.ts";

/** Told of each stored value that was passed over, once. */
export type OnDiscard = (key: string, reason: DiscardReason) => void;

/**
 * Shows the texts of a record as values: read-only and isolated, since every view decodes texts of its own.
 *
 * With schemas a key is decoded and validated when it is first read; without, there is nothing to validate, and decoding
 * all keys at once is quicker than preparing to decode each.
 */
export type ViewData = (texts: Texts, onDiscard: OnDiscard) => object;

type Texts = Readonly<Record<string, string>>;

/** What a lazy view has still to decode, hidden under a symbol of its own. */
interface Source {
  readonly texts: Texts;
  readonly onDiscard: OnDiscard;
  readonly decoded: Record<string, unknown>;
}

const source = Symbol("source");
const inspect = Symbol.for("nodejs.util.inspect.custom");

/** Makes the viewer of one configuration. */
export function createViewData(shape: DataShape): ViewData {
  if (shape.keys === null) return (texts, onDiscard) => viewAll(shape, texts, onDiscard);
  const properties = shape.keys.map((key) => ({ key, property: lazyProperty(shape, key) }));
  return (texts, onDiscard) => {
    const view = {};
    hide(view, source, { texts, onDiscard, decoded: Object.create(null) } satisfies Source);
    hide(view, inspect, showAll);
    for (const { key, property } of properties) {
      if (Object.hasOwn(texts, key) || shape.hasDefault(key)) Object.defineProperty(view, key, property);
    }
    return Object.preventExtensions(view);
  };
}

function viewAll(shape: DataShape, texts: Texts, onDiscard: OnDiscard): object {
  const view: Record<string, unknown> = {};
  for (const key of Object.keys(texts)) {
    const value = decode(shape, texts, key, onDiscard);
    if (value !== undefined && key !== "__proto__") view[key] = value;
  }
  return Object.freeze(view);
}

// One getter for each key of the configuration, shared by all views: engines make such objects quickly.
function lazyProperty(shape: DataShape, key: string): PropertyDescriptor {
  return {
    enumerable: true,
    configurable: true,
    get(this: { [source]: Source }) {
      const { texts, onDiscard, decoded } = this[source];
      if (!(key in decoded)) decoded[key] = decode(shape, texts, key, onDiscard);
      // Passed over without a default to stand in for it: the key is absent.
      if (decoded[key] === undefined) Reflect.deleteProperty(this, key);
      return decoded[key];
    },
  };
}

function decode(shape: DataShape, texts: Texts, key: string, onDiscard: OnDiscard): unknown {
  const { value, discarded } = shape.decode(key, Object.hasOwn(texts, key) ? texts[key] : undefined);
  if (discarded) onDiscard(key, discarded);
  return deepFreeze(value);
}

function hide(view: object, name: symbol, value: unknown): void {
  Object.defineProperty(view, name, { value });
}

function showAll(this: object): object {
  return { ...this };
}
