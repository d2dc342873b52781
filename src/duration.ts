import { SessionConfigError } from "./errors.ts";

type Unit = "ms" | "s" | "m" | "h" | "d" | "w";

/** A length of time: milliseconds as a number, or a number with a unit, such as `"30m"` or `"7d"`. */
export type Duration = number | `${number}${Unit}`;

const milliseconds: Record<Unit, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const pattern = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d|w)$/;

/** Reads a duration as whole milliseconds, or answers `null` when it is not one. */
export function parseDuration(duration: unknown): number | null {
  if (typeof duration === "number") return isWholeTime(duration) ? duration : null;
  if (typeof duration !== "string") return null;
  const match = pattern.exec(duration);
  if (!match) return null;
  const time = Math.round(Number(match[1]) * milliseconds[match[2] as Unit]);
  return isWholeTime(time) ? time : null;
}

/** Reads a duration given to a call; `name` says in the error which one it was. */
export function toMilliseconds(duration: Duration, name: string): number {
  const time = parseDuration(duration);
  if (time !== null) return time;
  throw new SessionConfigError("CONFIG_INVALID", `${name} is not a duration.`, {
    hint: 'Give milliseconds as a number, or a number with a unit such as "30m", "12h" or "7d".',
  });
}

function isWholeTime(time: number): boolean {
  return Number.isSafeInteger(time) && time >= 0;
}
