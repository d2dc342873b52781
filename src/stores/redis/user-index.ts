import { toBase64url } from "../../bytes.ts";
import type { Runtime } from "../../runtime.ts";
import type { Keys } from "./keys.ts";
import type { Runner } from "./runner.ts";
import { indexScript, outlivesMs } from "./scripts.ts";
import { decodeText, encodeText } from "./text.ts";

/** What ties a session to a user: the user, as the packed field keeps it, and eight letters made anew for every attempt. */
export interface Binding {
  readonly user: string;
  readonly tag: string;
}

/**
 * The sessions of each user: a sorted set of entries, scored by the instant at which their session is dead for certain.
 *
 * An entry is the tag of a binding and the id of the session. It is added, and that is acknowledged, before the script that
 * binds the session is sent; it is removed only when a script has said that the session of that very binding is no more,
 * never because a look-up found nothing. So whatever session lives has its entry.
 */
export interface UserIndex {
  newTag(): string;
  /** Adds an entry, or lets it live longer. `now` says which others are dead. */
  add(binding: Binding, id: string, expiresAt: number, now: number): Promise<void>;
  /** Removes an entry whose binding is no more. Nobody waits for it: where it fails, the entry is dead by its score one day. */
  drop(binding: Binding, id: string): void;
  /** Every entry of a user: the ids, each once. */
  idsOf(user: string): Promise<readonly string[]>;
}

const tagBytes = 6;
const tagLength = 8;
const clocksDifferByMs = 60_000;

/** Makes the index of one store. */
export function createIndex(runner: Runner, keys: Keys, runtime: Pick<Runtime, "randomBytes">): UserIndex {
  return {
    newTag: () => toBase64url(runtime.randomBytes(tagBytes)),
    async add({ user, tag }, id, expiresAt, now) {
      const scores = [expiresAt + outlivesMs, now - clocksDifferByMs].map(String);
      await runner.run("index a session", indexScript, keys.user(user), [entryOf(tag, id), ...scores]);
    },
    drop({ user, tag }, id) {
      if (user === "") return;
      runner.change("tidy an index", keys.user(user), ["ZREM", keys.user(user), entryOf(tag, id)]).catch(() => {});
    },
    async idsOf(user) {
      const key = keys.user(user);
      const entries = (await runner.read("list sessions", key, ["ZRANGE", key, "0", "-1"])) as readonly string[];
      return [...new Set(entries.flatMap((entry) => idIn(String(entry))))];
    },
  };
}

function entryOf(tag: string, id: string): string {
  return tag + encodeText(id);
}

/** The id of an entry; nothing where it is not what we write, so that it keeps nobody from being signed out. */
function idIn(entry: string): string[] {
  try {
    return [decodeText(entry.slice(tagLength))];
  } catch {
    return [];
  }
}
