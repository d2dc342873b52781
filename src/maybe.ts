/** A value, or a promise of it. In-process stores answer at once; the engine then never waits for a later turn. */
export type Maybe<T> = T | PromiseLike<T>;

/** Tells a promise from a plain value. */
export function isPromise<T>(value: Maybe<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** Goes on with a value: at once when it is there, when it arrives otherwise. */
export function chain<T, R>(value: Maybe<T>, next: (value: T) => Maybe<R>): Maybe<R> {
  return isPromise(value) ? value.then(next) : next(value);
}
