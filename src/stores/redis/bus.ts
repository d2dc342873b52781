import { toBase64url } from "../../bytes.ts";
import { type Duration, parseDuration } from "../../duration.ts";
import { SessionConfigError } from "../../errors.ts";
import { type Runtime, systemRuntime } from "../../runtime.ts";
import type { SessionBus } from "../../store/bus.ts";
import type { RedisClient } from "./client.ts";
import { storeError } from "./errors.ts";
import { linkOf } from "./link.ts";
import { isPrefix, problemsOfClient } from "./options.ts";
import { listen } from "./subscriber.ts";

/** The options of `redisBus`. */
export interface RedisBusOptions {
  /**
   * The channel (default `"coatcheck:bus"`): one for each store, since ids of different stores mean nothing to each other.
   * Letters, digits and `_ . : / @ -`, at most 64.
   */
  readonly channel?: string;
  /**
   * How often the bus sends itself a message to learn whether it still hears (default `"5s"`): a connection that is dead
   * without a word is noticed within twice this time.
   */
  readonly beat?: Duration;
  /** The timers and the randomness (default: those of the machine). */
  readonly runtime?: Pick<Runtime, "background" | "randomBytes">;
}

const defaults = { channel: "coatcheck:bus", beat: "5s", runtime: systemRuntime } as const satisfies RedisBusOptions;

/**
 * Tells other processes which sessions have changed, by publish and subscribe of Redis: a single server, Sentinel or a
 * cluster. Messages carry public ids and nothing else.
 *
 * Publishing uses the client as it is. Each subscription opens a connection of its own (`client.duplicate()`), which ends
 * with it. Delivery is best effort: `onGap` is called whenever the connection was lost, is back, or is silent.
 *
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: an option is wrong. Calls throw {@link SessionStoreError}
 *   `STORE_UNAVAILABLE`: the message could not be sent, or the channel not be subscribed to; `subscribe` with
 *   `STORE_CAPABILITY_MISSING` where the client cannot listen, as `createClientPool` of node-redis.
 *
 * @example
 * const bus = redisBus(client, { channel: "shop:sessions" })
 *
 * @see {@link https://redis.io/docs/latest/develop/pubsub/ Redis: publish and subscribe}
 */
export function redisBus(client: RedisClient, options: RedisBusOptions = {}): SessionBus {
  const { channel, beatMs, runtime } = readOptions(client, options);
  const link = linkOf(client);

  async function send(message: string): Promise<void> {
    try {
      await link.send(channel, ["PUBLISH", channel, message]);
    } catch (error) {
      throw storeError("redis", "publish changes", error);
    }
  }

  return {
    publish: (ids) => send(JSON.stringify(ids)),
    async subscribe(listener) {
      let isListening = true;
      // A message may still be on its way when the subscription ends.
      const onGap = () => isListening && listener.onGap();
      const pulse = createPulse(onGap, toBase64url(runtime.randomBytes(9)));
      const onMessage = (message: string) => {
        if (message.startsWith(beatMark)) pulse.hear(message);
        else if (isListening) listener.onIds(idsIn(message));
      };
      const end = await listen(client, channel, { onMessage, onGap }).catch((error) => {
        throw storeError("redis", "subscribe to changes", error);
      });
      const stopBeating = repeat(runtime, beatMs, () => {
        pulse.check();
        send(pulse.message).catch(() => {});
      });
      return async () => {
        isListening = false;
        stopBeating();
        await end();
      };
    },
  };
}

const beatMark = "~";

/** Notices that messages no longer arrive, by those that the bus sends itself. */
function createPulse(onGap: () => void, id: string) {
  const message = beatMark + id;
  let isAwaited = false;
  let isLost = false;
  return {
    message,
    hear(heard: string): void {
      if (heard !== message) return;
      isAwaited = false;
      if (isLost) onGap();
      isLost = false;
    },
    /** Called before each beat: the last one should have arrived long ago. */
    check(): void {
      isLost = isAwaited;
      if (isLost) onGap();
      isAwaited = true;
    },
  };
}

function repeat(runtime: Pick<Runtime, "background">, ms: number, task: () => void): () => void {
  let cancel = runtime.background(ms, turn);
  function turn(): void {
    task();
    cancel = runtime.background(ms, turn);
  }
  return () => cancel();
}

/** What somebody else may have published there is no id of ours. */
function idsIn(message: string): readonly string[] {
  try {
    const ids: unknown = JSON.parse(message);
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

function readOptions(client: RedisClient, options: RedisBusOptions) {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const { channel, beat, runtime }: Required<RedisBusOptions> = { ...defaults, ...given };
  const beatMs = parseDuration(beat) ?? 0;
  const problems = problemsOfClient(client);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(defaults, name)) problems.push(`there is no option ${JSON.stringify(name)}`);
  }
  if (!isPrefix(channel)) problems.push("channel must be 1 to 64 letters, digits and the characters _ . : / @ -");
  if (beatMs < 1) problems.push('beat must be a duration, such as "5s"');
  if (problems.length === 0) return { channel, beatMs, runtime };
  throw new SessionConfigError("CONFIG_INVALID", `redisBus cannot be made: ${problems.join("; ")}.`, {
    hint: "redisBus(client) without options is right for one application.",
  });
}
