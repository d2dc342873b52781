import { type Duration, parseDuration } from "../../duration.ts";
import { SessionConfigError } from "../../errors.ts";
import { type Runtime, systemRuntime } from "../../runtime.ts";
import { kindOf, type RedisClient } from "./client.ts";
import { type IoRedis, replicaReadsOfIoRedis } from "./ioredis.ts";

/** How many replicas must have a change before it counts as made. */
export interface ReplicaOptions {
  /** How many replicas. */
  readonly wait: number;
  /** For how long (default `"500ms"`). */
  readonly timeout?: Duration;
}

/** The options of `redisStore`. */
export interface RedisStoreOptions {
  /**
   * What every key begins with (default `"coatcheck:"`): one for each application and tenant. Letters, digits and `_ . : / @ -`,
   * at most 64.
   */
  readonly prefix?: string;
  /**
   * Waits after every change until so many replicas have it (`WAIT`), and answers `STORE_UNAVAILABLE` when they do not in time
   * (default: not). It makes it unlikely that a failover takes an acknowledged change back, and not impossible.
   *
   * @see {@link https://redis.io/docs/latest/commands/wait/ Redis: WAIT}
   */
  readonly replicas?: ReplicaOptions;
  /**
   * Called once, some time after the first answer, for each setting of the server that may lose sessions (default:
   * `console.warn`, each warning once in a process). `null`: the server is not asked.
   */
  readonly onWarning?: ((warning: string) => void) | null;
  /**
   * For how long the one connection of a client of node-redis may leave everything unanswered (default `"2s"`). Then what
   * waits fails, and the client is connected anew. ioredis does so by itself: give it a `socketTimeout`.
   */
  readonly timeLimit?: Duration;
  /** What the store is called in errors and events (default `"redis"`). */
  readonly name?: string;
  /** The clock, its timers and the source of randomness (default: those of the machine). */
  readonly runtime?: Pick<Runtime, "now" | "background" | "randomBytes">;
}

/** The options with their defaults. */
export interface RedisSettings {
  readonly prefix: string;
  readonly replicas: { readonly wait: number; readonly timeoutMs: number } | null;
  readonly onWarning: ((warning: string) => void) | null;
  readonly timeLimitMs: number;
  readonly name: string;
  readonly runtime: Pick<Runtime, "now" | "background" | "randomBytes">;
}

const said = new Set<string>();

function warnOnConsole(warning: string): void {
  if (said.has(warning)) return;
  said.add(warning);
  console.warn(warning);
}

const defaults = {
  prefix: "coatcheck:",
  replicas: null,
  onWarning: warnOnConsole,
  timeLimitMs: 2_000,
  name: "redis",
  runtime: systemRuntime,
} as const satisfies RedisSettings;

/** Checks the options and fills in the defaults. @throws {@link SessionConfigError} `CONFIG_INVALID`: every problem at once. */
export function readOptions(client: RedisClient, options: RedisStoreOptions): RedisSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const { replicas, timeLimit, ...rest }: RedisStoreOptions = given;
  const waiting = replicas && { wait: replicas.wait, timeoutMs: parseDuration(replicas.timeout ?? "500ms") ?? -1 };
  const timeLimitMs = timeLimit === undefined ? defaults.timeLimitMs : (parseDuration(timeLimit) ?? -1);
  const complete: RedisSettings = { ...defaults, ...rest, timeLimitMs, replicas: waiting ?? null };
  const problems = [...problemsOfClient(client), ...unknownOptions(given), ...problemsOf(complete)];
  if (problems.length === 0) return complete;
  throw new SessionConfigError("CONFIG_INVALID", `redisStore cannot be made: ${problems.join("; ")}.`, {
    hint: "redisStore(client) without options is right for most applications.",
  });
}

/** What keeps a value from being a client. */
export function problemsOfClient(client: unknown): string[] {
  const kind = kindOf(client);
  if (kind === null)
    return ["it needs a client of node-redis (createClient, createCluster, …) or of ioredis (Redis, Cluster)"];
  const problem = kind === "ioredis" ? replicaReadsOfIoRedis(client as unknown as IoRedis) : null;
  return problem === null
    ? []
    : [`the client must read from the primary only, since a replica may be late: ${problem}`];
}

const known = new Set(["prefix", "replicas", "onWarning", "timeLimit", "name", "runtime"]);

function unknownOptions(given: object): string[] {
  return Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => `there is no option ${JSON.stringify(name)}`);
}

function problemsOf({ prefix, replicas, timeLimitMs, onWarning, name, runtime }: RedisSettings): string[] {
  const problems: string[] = [];
  if (!isPrefix(prefix)) problems.push("prefix must be 1 to 64 letters, digits and the characters _ . : / @ -");
  if (replicas && !isCount(replicas.wait)) problems.push("replicas.wait must be a whole number from 1");
  if (replicas && replicas.timeoutMs < 1) problems.push('replicas.timeout must be a duration, such as "500ms"');
  if (timeLimitMs < 1) problems.push('timeLimit must be a duration, such as "2s"');
  if (onWarning !== null && typeof onWarning !== "function") problems.push("onWarning must be a function or null");
  if (typeof name !== "string" || name === "") problems.push("name must be a text that is not empty");
  if (!isRuntime(runtime)) problems.push("runtime must have the functions now, background and randomBytes");
  return problems;
}

/**
 * Tells what may begin a key. No braces: in a cluster they would put every key into one slot. No characters that patterns of
 * keys give a meaning to.
 */
export function isPrefix(prefix: unknown): boolean {
  return typeof prefix === "string" && /^[A-Za-z0-9_.:/@-]{1,64}$/.test(prefix);
}

function isRuntime(runtime: RedisSettings["runtime"]): boolean {
  return [runtime?.now, runtime?.background, runtime?.randomBytes].every((part) => typeof part === "function");
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
