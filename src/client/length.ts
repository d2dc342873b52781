import { type Duration, parseDuration } from "../duration.ts";

/** Reads a duration as milliseconds. Not `toMilliseconds`: its error would bring all errors of the server into the browser. */
export function readLength(duration: Duration, name: string): number {
  const length = parseDuration(duration);
  if (length !== null) return length;
  throw new TypeError(`${name} is not a duration: give milliseconds, or a text such as "30s", "5m" or "1h".`);
}
