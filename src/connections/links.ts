import type { Kept, KeptRecords } from "../core/kept-records.ts";
import { isSessionError } from "../errors.ts";
import { pause, type Runtime } from "../runtime.ts";
import { contended } from "./failures.ts";
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
  /**
   * The same, where there may be none yet: an empty one is made first, and the link put in its place. A store may make what nobody waits
   * for any more, after the link has ended; that is an empty one then, and no link.
   */
  put(owner: Owner, next: (present: Link | null) => Promise<Link>): Promise<void>;
  /** Ends a link, and answers what it was; of any number at once one is told. */
  end(owner: Owner): Promise<FoundLink | null>;
}

const mostAttempts = 20;

/** How long to wait before asking a store again that did not answer, in milliseconds; as long again by chance. */
const retryPause = 50;

/** What is kept of a link that is about to be made. It reads as no link at all. */
const empty = '{"v":0}';

/** For how long that is kept, in milliseconds: whoever made it puts the link there within seconds. */
const emptyFor = 3_600_000;

/** Makes the links over kept records. One that nobody has used for `unusedFor` milliseconds is forgotten. */
export function createLinks(records: KeptRecords, unusedFor: number, runtime: Runtime): Links {
  const nameOf = ({ userId, provider }: Owner) => JSON.stringify([userId, provider]);
  const found = (kept: Kept | null) => kept && { kept, link: decodeLink(kept.text) };

  /** What is kept for an owner, an empty one included. */
  const look = async (owner: Owner) => found(await records.find(nameOf(owner)));
  const isEmpty = ({ kept }: FoundLink) => kept.text === empty;

  async function find(owner: Owner): Promise<FoundLink | null> {
    const present = await look(owner);
    return present && isEmpty(present) ? null : present;
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
    throw contended();
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
        const present =
          (await look(owner)) ?? found(await records.create(nameOf(owner), empty, runtime.now() + emptyFor));
        const stored = present && (await change(present, await next(present.link)));
        return stored && { done: undefined };
      }),
    async end(owner) {
      const present = await look(owner); // an empty one as well: nothing may be put in its place any more
      if (!present || !(await records.forget(present.kept))) return null;
      return isEmpty(present) ? null : present;
    },
  };
}
