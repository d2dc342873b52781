import type { Kept, KeptRecords } from "../core/kept-records.ts";
import { isSessionError, SessionStoreError } from "../errors.ts";
import { pause, type Runtime } from "../runtime.ts";
import { decodeLink, encodeLink, type Link } from "./link.ts";

/** Whose link it is, and with whom. */
export interface Owner {
  readonly userId: string;
  readonly provider: string;
}

/** A link as it was read. */
export interface FoundLink {
  readonly kept: Kept;
  /** `null`: what is kept cannot be read. */
  readonly link: Link | null;
}

/** The links of all users, in the store of the sessions. */
export interface Links {
  find(owner: Owner): Promise<FoundLink | null>;
  /** Puts a link in the place of the one that was read; `null` where that has changed since. Of several at once one does. */
  change(found: FoundLink, link: Link): Promise<FoundLink | null>;
  /**
   * Changes a link however often it changes meanwhile, and however often the store does not answer. `next` may run several times,
   * and answers `null` for what comes too late. Never brings a link back.
   */
  settle(owner: Owner, next: (found: FoundLink) => Link | null): Promise<FoundLink | null>;
  /** The same, where there may be none yet. */
  put(owner: Owner, next: (present: Link | null) => Promise<Link>): Promise<void>;
  /** Ends a link, and answers what it was; of any number at once one is told. */
  end(owner: Owner): Promise<FoundLink | null>;
}

const mostAttempts = 20;

/** How long to wait before asking a store again that did not answer, in milliseconds; as long again by chance. */
const retryPause = 50;

/** Makes the links over kept records. One that nobody has used for `unusedFor` milliseconds is forgotten. */
export function createLinks(records: KeptRecords, unusedFor: number, runtime: Runtime): Links {
  const nameOf = ({ userId, provider }: Owner) => JSON.stringify([userId, provider]);
  const found = (kept: Kept | null) => kept && { kept, link: decodeLink(kept.text) };

  async function find(owner: Owner): Promise<FoundLink | null> {
    return found(await records.find(nameOf(owner)));
  }

  async function change({ kept }: FoundLink, link: Link): Promise<FoundLink | null> {
    return found(await records.change(kept, encodeLink(link), runtime.now() + unusedFor));
  }

  /** Tries until it is done: a conflict at once again, an outage after a pause. */
  async function insist<Result>(attempt: () => Promise<{ readonly done: Result } | null>): Promise<Result> {
    for (let left = mostAttempts, failures = 0; left > 0; left--) {
      try {
        const result = await attempt();
        if (result) return result.done;
      } catch (error) {
        failures += 1;
        if (failures > 2 || !isSessionError(error, "STORE_UNAVAILABLE")) throw error;
        await pause(runtime, retryPause * (1 + runtime.jitter()));
      }
    }
    throw new SessionStoreError("STORE_CONFLICT", "A link changed at every attempt to change it.", {
      hint: "Something writes it without pause. Try again.",
    });
  }

  return {
    find,
    change,
    settle: (owner, next) =>
      insist(async () => {
        const present = await find(owner);
        const link = present && next(present);
        if (!present || !link) return { done: null };
        const changed = await change(present, link);
        return changed && { done: changed };
      }),
    put: (owner, next) =>
      insist(async () => {
        const present = await find(owner);
        const link = await next(present?.link ?? null);
        const stored = present
          ? await change(present, link)
          : await records.create(nameOf(owner), encodeLink(link), runtime.now() + unusedFor);
        return stored && { done: undefined };
      }),
    async end(owner) {
      const present = await find(owner);
      if (!present) return null;
      return (await records.forget(present.kept)) ? present : null;
    },
  };
}
