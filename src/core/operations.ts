import { SessionDataError } from "../errors.ts";
import type { DataShape } from "./data-shape.ts";
import type { OnDiscard } from "./data-view.ts";
import type { DataOperation } from "./draft.ts";
import { synchronous } from "./inputs.ts";
import { familyEpochKey } from "./token-families.ts";

/** Validates a patch and writes its values as texts; `undefined` stands for a removal. */
export function encodeAll(shape: DataShape, patch: Readonly<Record<string, unknown>>): Map<string, string | undefined> {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) {
    throw new SessionDataError("DATA_INVALID", "The data to store is not an object of keys and values.", {
      hint: "Pass an object such as { cart }.",
    });
  }
  const entries = Object.entries(patch);
  for (const [key] of entries) refuseForeign(shape, key);
  return new Map(entries.map(([key, value]) => [key, value === undefined ? undefined : shape.encode(key, value)]));
}

// A key of an extension is not even removed. Writing it is what the shape refuses.
function refuseForeign(shape: DataShape, key: string): void {
  if (shape.isForeign(key)) shape.encode(key, null);
}

/** Writes texts; a key with `undefined` is removed. */
export function writeAll(texts: ReadonlyMap<string, string | undefined>): DataOperation<void> {
  return (draft) => {
    for (const [key, text] of texts) draft.write(key, text);
  };
}

/** Writes texts in the place of everything that the shape is about. What is others' stays. */
export function replaceAll(shape: DataShape, texts: ReadonlyMap<string, string | undefined>): DataOperation<void> {
  const write = writeAll(texts);
  return (draft) => {
    const keys = Object.keys(draft.texts());
    if (keys.some((key) => shape.isForeign(key)))
      for (const key of keys.filter((own) => !shape.isForeign(own))) draft.write(key, undefined);
    else {
      draft.read(familyEpochKey); // there is none, and to be none still: to clear would drop one that was begun meanwhile
      draft.clear();
    }
    write(draft);
  };
}

/** Changes one key by a function of its present value. */
export function updateOne(
  shape: DataShape,
  key: string,
  change: (value: unknown) => unknown,
  onDiscard: OnDiscard,
): DataOperation {
  refuseForeign(shape, key);
  return (draft) => {
    const { value: present, discarded } = shape.decode(key, draft.read(key));
    if (discarded) onDiscard(key, discarded);
    const value = synchronous(`update("${key}")`, change(present));
    const text = value === undefined ? undefined : shape.encode(key, value);
    draft.write(key, text);
    return shape.decode(key, text).value;
  };
}

/** Reads one key and removes it. */
export function pluckOne(shape: DataShape, key: string, onDiscard: OnDiscard): DataOperation {
  return (draft) => {
    if (shape.isForeign(key) || draft.peek(key) === undefined) return undefined;
    const { value, discarded } = shape.decode(key, draft.read(key));
    if (discarded) onDiscard(key, discarded);
    draft.write(key, undefined);
    return discarded ? undefined : value;
  };
}
