import { type Duration, parseDuration } from "../duration.ts";
import { isSessionError } from "../errors.ts";
import { configError, type Problem } from "../problems.ts";
import { type Clock, systemClock } from "../runtime.ts";
import { withinLimit } from "../time-limit.ts";
import { type Algorithm, everyAlgorithm, usualAlgorithms } from "./algorithms.ts";
import { fetchKeys, type KeysRequest } from "./fetch-keys.ts";
import { type KeySource, keySet } from "./key-set.ts";
import { unavailable } from "./unavailable.ts";

/** How keys are fetched and for how long they are believed. */
export interface RemoteKeysOptions {
  /** After how long they are asked for again (default `"10m"`): a key that was taken back is trusted for no longer. */
  readonly freshFor?: Duration;
  /** How long they are used while nobody answers (default `"1h"`). */
  readonly usableFor?: Duration;
  /** How long after an answer an unknown key is no reason to ask again (default `"30s"`). */
  readonly coolDown?: Duration;
  /** How long an answer may take (default `"5s"`). */
  readonly timeLimit?: Duration;
  /** The algorithms of keys that are used (default EdDSA and ES256). A verifier's own option replaces it. */
  readonly algorithms?: readonly Algorithm[];
  /** Asks in another way than the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** The clock, for tests. */
  readonly runtime?: Clock;
}

/** A request that is under way. */
interface Flight {
  readonly landing: Promise<KeySource>;
  readonly askedAt: number;
}

/** A set of keys is small: of a larger answer nothing is used. */
const mostBytes = 65_536;

/** The pause after the first failure, in milliseconds. It doubles with each, and is never longer than the cool-down. */
const firstPause = 1_000;

/**
 * Keys that their issuer publishes at an address (a JWK set, RFC 7517 section 5).
 *
 * Nothing is fetched before the first token. Any number of tokens at once wait for **one** request; after it a token is judged
 * without any until `freshFor` has passed. A token that names an unknown key causes one more, at most once in a `coolDown`,
 * whatever anybody sends. While the address does not answer, the keys at hand are used for `usableFor`, and then nobody can be
 * judged: `find` fails with `VERIFICATION_UNAVAILABLE`, and that is no refusal.
 *
 * @param url An https address; plain http only on this machine (`localhost`, `127.0.0.1`, `[::1]`). Redirects are not followed.
 * @throws {@link SessionConfigError} `CONFIG_INVALID`: the address or a duration is none.
 *
 * @example
 * const keys = remoteKeys("https://shop.example/api/session/jwks.json", { freshFor: "5m" });
 * const verify = accessTokenVerifier({ issuer: "https://shop.example", audience: "https://api.shop.example", keys });
 */
export function remoteKeys(url: string, options: RemoteKeysOptions = {}): KeySource {
  const { request, algorithms, freshFor, usableFor, coolDown } = resolve(url, options);
  const { clock, timeLimit } = request;
  let held: { readonly set: KeySource; readonly askedAt: number; readonly turn: number } | null = null;
  let flight: Flight | null = null;
  let [failures, notBefore, turns] = [0, 0, 0];

  async function ask(askedAt: number, turn: number): Promise<KeySource> {
    try {
      const set = keySet(await fetchKeys(request), algorithms);
      if (held && held.turn > turn) return held.set; // it was given up, and another one was quicker
      [failures, notBefore] = [0, askedAt + Math.min(coolDown, freshFor)];
      held = { set, askedAt, turn };
      return set;
    } catch (cause) {
      notBefore = clock.now() + Math.min(coolDown, firstPause * 2 ** failures);
      failures += 1;
      throw outOfReach(url, cause);
    }
  }

  /** Joins the request that is under way, or makes one. Runtimes may abandon a request with the visit that made it. */
  function refresh(now: number): Promise<KeySource> {
    if (!flight || isPast(flight.askedAt, timeLimit, now)) flight = takeOff(now);
    return withinLimit(flight.landing, timeLimit, clock).catch((error) => {
      throw isSessionError(error) ? error : outOfReach(url, error);
    });
  }

  function takeOff(now: number): Flight {
    const begun: Flight = { landing: ask(now, ++turns), askedAt: now };
    const landed = () => {
      if (flight === begun) flight = null;
    };
    begun.landing.then(landed, landed);
    return begun;
  }

  const isOlder = (age: number, now: number) => held === null || now - held.askedAt >= age;

  /**
   * Of a clock that was set back no age is known. The keys are asked for again at once, and used as if they had just become due;
   * no pause is longer than one that begins now.
   */
  function heedSetBack(now: number): void {
    notBefore = Math.min(notBefore, now + coolDown);
    if (!held || now >= held.askedAt) return;
    held = { ...held, askedAt: now - freshFor };
    notBefore = Math.min(notBefore, now);
  }

  async function current(now: number): Promise<KeySource> {
    heedSetBack(now);
    if (held && !isOlder(freshFor, now)) return held.set;
    const isUsable = !isOlder(usableFor, now);
    if (!flight && now < notBefore) {
      if (held && isUsable) return held.set;
      throw outOfReach(url);
    }
    return refresh(now).catch((error) => {
      if (held && isUsable) return held.set;
      throw error;
    });
  }

  return {
    async find(name) {
      const now = clock.now();
      const set = await current(now);
      const key = await set.find(name);
      if (key || name.kid === undefined) return key;
      const later = clock.now();
      if (flight || later >= notBefore) return (await refresh(later)).find(name);
      // It may be a new one, and nobody answers.
      if (failures > 0) throw outOfReach(url);
      return (held ?? { set }).set.find(name);
    },
  };
}

/** Whether a time has passed since an instant. An instant to come is none that this clock has told. */
function isPast(instant: number, time: number, now: number): boolean {
  return now < instant || now - instant >= time;
}

function resolve(url: string, options: RemoteKeysOptions) {
  const problems: Problem[] = isKeysAddress(url) ? [] : [notAnAddress];
  const durationOf = (name: "freshFor" | "usableFor" | "coolDown" | "timeLimit", usual: Duration) => {
    const time = parseDuration(options[name] ?? usual);
    if (time) return time;
    problems.push({
      code: "CONFIG_INVALID",
      message: `${name} of the keys is not a duration above 0.`,
      hint: 'Write it like "30s" or "10m".',
    });
    return 1;
  };
  const [freshFor, usableFor] = [durationOf("freshFor", "10m"), durationOf("usableFor", "1h")];
  const [coolDown, timeLimit] = [durationOf("coolDown", "30s"), durationOf("timeLimit", "5s")];
  if (problems.length > 0) throw configError(problems);
  const ask: typeof fetch = options.fetch ?? ((...call) => globalThis.fetch(...call));
  const request: KeysRequest = { url, timeLimit, mostBytes, fetch: ask, clock: options.runtime ?? systemClock };
  const allowed = options.algorithms ?? usualAlgorithms;
  const algorithms = everyAlgorithm.filter((name) => allowed.includes(name));
  return { request, algorithms, freshFor, usableFor: Math.max(usableFor, freshFor), coolDown };
}

const notAnAddress: Problem = {
  code: "CONFIG_INVALID",
  message: "The address of the keys is not an https address.",
  hint: "Write it like https://shop.example/api/session/jwks.json; plain http is for localhost only.",
};

/** Whether keys may be fetched from there: nobody on the way can change them. */
export function isKeysAddress(url: unknown): url is string {
  if (typeof url !== "string" || !URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(hostname));
}

function outOfReach(url: string, cause?: unknown): Error {
  return unavailable(`The keys at ${new URL(url).origin} are out of reach.`, cause);
}
