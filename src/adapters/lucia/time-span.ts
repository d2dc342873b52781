import { type Duration, toMilliseconds } from "../../duration.ts";

/** The units that a {@link TimeSpan} is written in. */
export type TimeSpanUnit = "ms" | "s" | "m" | "h" | "d" | "w";

/** Whatever can say how many milliseconds it lasts. */
export interface Lasting {
  milliseconds(): number;
}

/**
 * A length of time, as Lucia has it. Wherever one is taken, a {@link Duration} such as `"30d"` is taken as well.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: it is no length of time.
 * @example
 * new TimeSpan(30, "d").milliseconds() // 2592000000
 */
export class TimeSpan implements Lasting {
  readonly value: number;
  readonly unit: TimeSpanUnit;
  readonly #milliseconds: number;

  constructor(value: number, unit: TimeSpanUnit) {
    this.value = value;
    this.unit = unit;
    this.#milliseconds = toMilliseconds(`${value}${unit}`, "The time span");
  }

  milliseconds(): number {
    return this.#milliseconds;
  }

  seconds(): number {
    return this.#milliseconds / 1_000;
  }
}

/** The milliseconds of a time span or a duration. */
export function lengthOf(span: Lasting | Duration, name: string): number {
  return toMilliseconds(typeof span === "object" ? span.milliseconds() : span, name);
}
