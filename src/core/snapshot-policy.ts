import type { CookiePolicy } from "../cookie/policy.ts";
import { type Problem, show } from "../cookie/rules.ts";
import { snapshotName } from "../cookie/snapshot-cookie.ts";
import { type Duration, parseDuration } from "../duration.ts";

/** Whether a signed copy of the session travels beside it, for those who cannot ask the store. */
export interface SnapshotOptions {
  /**
   * How long after the session was read its copy counts, such as `"30s"`: from a second to 5 minutes. So late, at most, do those who
   * decide by it learn of a sign-out or a revocation.
   */
  readonly maxStale: Duration;
  /** The most bytes that name and value of the cookie may have (default 2,048; at most 4,096). Of a larger view there is no copy. */
  readonly maxBytes?: number;
}

/** The resolved options. */
export interface SnapshotPolicy {
  /** In milliseconds. */
  readonly maxStale: number;
  readonly maxBytes: number;
  readonly cookie: CookiePolicy;
  /** The first signs, all verify. */
  readonly secrets: readonly string[];
}

const [shortest, longest] = [1_000, 300_000];

/** The largest cookie that browsers keep, and what a snapshot takes that shows next to nothing. */
const [mostBytes, leastRoom] = [4_096, 256];

/** Resolves the `snapshot` option, and finds what is wrong with it. */
export function resolveSnapshot(
  option: SnapshotOptions | undefined,
  cookie: CookiePolicy | null,
  secrets: readonly string[],
  problems: Problem[],
): SnapshotPolicy | null {
  if (option === undefined || !cookie) return null;
  const invalid = (message: string, hint: string) => void problems.push({ code: "CONFIG_INVALID", message, hint });
  const { maxStale, maxBytes = 2_048, ...others } = (option ?? {}) as Partial<SnapshotOptions>;
  for (const key of Object.keys(others))
    invalid(`snapshot has no option ${show(key)}.`, "Its options are maxStale and maxBytes.");
  const bound = parseDuration(maxStale as Duration);
  if (bound === null || bound < shortest || bound > longest)
    invalid("snapshot.maxStale is not a duration from a second to 5 minutes.", 'Write snapshot: { maxStale: "30s" }.');
  const name = snapshotName(cookie.name);
  if (!Number.isSafeInteger(maxBytes) || maxBytes > mostBytes || maxBytes < name.length + leastRoom)
    invalid(
      `snapshot.maxBytes is not a whole number from ${name.length + leastRoom} to ${mostBytes}.`,
      "Leave it out: 2,048 is right for most public views.",
    );
  if (secrets.length === 0)
    problems.push({
      code: "CONFIG_SECRET_MISSING",
      message: "snapshot needs secrets, and there are none.",
      hint: "Pass secrets: [process.env.SESSION_SECRET].",
    });
  return { maxStale: bound ?? shortest, maxBytes, cookie: Object.freeze({ ...cookie, name }), secrets };
}
