import { type Duration, parseDuration } from "../../duration.ts";
import { SessionConfigError } from "../../errors.ts";
import { type Runtime, systemRuntime } from "../../runtime.ts";
import type { SessionBus } from "../../store/bus.ts";

/** The options of `cached`. */
export interface CachedOptions {
  /**
   * How old what a copy says may be, such as `"5s"`: for so long a session that was ended on another machine may be accepted
   * here when no message of the bus arrives. Counted from the instant at which the read was sent. `0` keeps no copies.
   */
  readonly ttl: Duration;
  /** Tells the other machines, and is told by them, which sessions have changed (default: none, `ttl` alone bounds). */
  readonly bus?: SessionBus;
  /** How many bytes the copies take at most, by the store's own reckoning (default 33,554,432: 32 MiB). */
  readonly maxBytes?: number;
  /**
   * Called when the bus does not take a message or cannot be listened to. The session call that it happened in does not fail
   * (default: the first failure is printed as a warning).
   */
  readonly onBusError?: (error: unknown) => void;
  /** The timers and the chance by which listening is tried again (default: those of the machine). */
  readonly runtime?: Pick<Runtime, "background" | "jitter">;
}

/** The options with their defaults. */
export interface CachedSettings {
  /** In milliseconds. */
  readonly ttl: number;
  readonly bus: SessionBus | null;
  readonly maxBytes: number;
  readonly onBusError: (error: unknown) => void;
  readonly runtime: Pick<Runtime, "background" | "jitter">;
}

const names = ["ttl", "bus", "maxBytes", "onBusError", "runtime"];

/** Checks the options and fills in the defaults. @throws {@link SessionConfigError} `CONFIG_INVALID`: every problem at once. */
export function readOptions(store: unknown, options: CachedOptions): CachedSettings {
  const { ttl, bus = null, maxBytes = 32 * 1_048_576, onBusError, runtime = systemRuntime } = options ?? {};
  const time = parseDuration(ttl);
  const problems = [
    ...(hasMethods(store, "find", "create", "update", "destroy") ? [] : ["the first argument must be a store"]),
    ...unknownOptions(options ?? {}),
    ...(time === null ? ['ttl must be a duration such as "5s"; it has no default'] : []),
    ...(bus === null || hasMethods(bus, "publish", "subscribe") ? [] : ["bus must have publish and subscribe"]),
    ...(Number.isSafeInteger(maxBytes) && maxBytes >= 1 ? [] : ["maxBytes must be a whole number from 1"]),
    ...(onBusError === undefined || typeof onBusError === "function" ? [] : ["onBusError must be a function"]),
    ...(hasMethods(runtime, "background", "jitter") ? [] : ["runtime must have background and jitter"]),
  ];
  if (problems.length === 0)
    return { ttl: time as number, bus, maxBytes, onBusError: harmless(onBusError ?? warnOnce()), runtime };
  throw new SessionConfigError("CONFIG_INVALID", `cached cannot be made: ${problems.join("; ")}.`, {
    hint: 'Write cached(postgresStore(pool), { ttl: "5s", bus }).',
  });
}

function unknownOptions(options: object): string[] {
  const unknown = Object.keys(options).filter((name) => !names.includes(name));
  return unknown.map((name) => `there is no option ${JSON.stringify(name)}`);
}

function hasMethods(value: unknown, ...methods: readonly string[]): boolean {
  const candidate = value as Record<string, unknown> | null | undefined;
  return methods.every((method) => typeof candidate?.[method] === "function");
}

function harmless(listener: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      listener(error);
    } catch (thrown) {
      console.error("coatcheck: onBusError threw", thrown);
    }
  };
}

function warnOnce(): (error: unknown) => void {
  let isTold = false;
  return (error) => {
    if (isTold) return;
    isTold = true;
    console.warn("coatcheck: the bus of cached() failed. Until it works again, ttl bounds how old a copy is.", error);
  };
}
