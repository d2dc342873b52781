import { SessionDataError } from "../errors.ts";
import { isPromise } from "../maybe.ts";
import type { DataShape } from "./data-shape.ts";
import type { DataOperation } from "./draft.ts";

/** Validates a patch and writes its values as texts; `undefined` stands for a removal. */
export function encodeAll(shape: DataShape, patch: Readonly<Record<string, unknown>>): Map<string, string | undefined> {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) {
    throw new SessionDataError("DATA_INVALID", "The data to store is not an object of keys and values.", {
      hint: "Pass an object such as { cart }.",
    });
  }
  const entries = Object.entries(patch);
  return new Map(entries.map(([key, value]) => [key, value === undefined ? undefined : shape.encode(key, value)]));
}

/** Writes texts; a key with `undefined` is removed. */
export function writeAll(texts: ReadonlyMap<string, string | undefined>): DataOperation<void> {
  return (draft) => {
    for (const [key, text] of texts) draft.write(key, text);
  };
}

/** Changes one key by a function of its present value. */
export function updateOne(shape: DataShape, key: string, change: (value: unknown) => unknown): DataOperation {
  return (draft) => {
    const value = change(shape.decode(key, draft.read(key)).value);
    if (isPromise(value)) {
      Promise.resolve(value).catch(() => undefined); // it is refused, whatever becomes of it
      throw new SessionDataError("DATA_INVALID", `The function given to update("${key}") returned a promise.`, {
        hint: "It must be synchronous, since it runs again when another request was quicker: await first, update then.",
      });
    }
    const text = value === undefined ? undefined : shape.encode(key, value);
    draft.write(key, text);
    return shape.decode(key, text).value;
  };
}

/** Reads one key and removes it. */
export function pluckOne(shape: DataShape, key: string): DataOperation {
  return (draft) => {
    if (draft.peek(key) === undefined) return undefined;
    const { value, discarded } = shape.decode(key, draft.read(key));
    draft.write(key, undefined);
    return discarded ? undefined : value;
  };
}
