import { isPromise, type Maybe } from "../../maybe.ts";
import { createListening } from "../../store/bus-listening.ts";
import type { ByUser, DestroyResult, RecordChange, SessionStore, UpdateResult } from "../../store/port.ts";
import { Copies } from "./copies.ts";
import type { Neighbours } from "./neighbours.ts";
import type { CachedSettings } from "./options.ts";

/** A store that keeps copies of what another store holds. */
export interface CachedStore extends SessionStore {
  copyOf: NonNullable<SessionStore["copyOf"]>;
  readonly staleness: number;
  /**
   * Stops listening to the bus, forgets every copy and keeps none from now on. The store underneath and the bus stay open;
   * calls go on to the store.
   */
  close(): Promise<void>;
}

/** Makes the store. `neighbours` are told of every change, at once. */
export function createCached(
  store: SessionStore,
  settings: CachedSettings,
  neighbours: Neighbours,
  copies = new Copies(settings.ttl, settings.maxBytes),
): CachedStore {
  const { name, byUser, sweep } = store;
  const { ttl, bus, onBusError } = settings;
  const onIds = (ids: readonly string[]) => copies.drop(ids);
  const listening = bus && createListening(bus, { onIds, onGap: () => copies.clear() }, settings);
  let isClosed = false;
  let isOpen = false;

  function open(): void {
    if (isOpen || isClosed) return;
    isOpen = true;
    neighbours.join(copies);
    listening?.start();
  }

  function tell(ids: readonly string[]): void {
    if (ids.length === 0) return;
    neighbours.tell(ids);
    try {
      const published = bus?.publish(ids);
      if (isPromise(published)) published.then(undefined, onBusError);
    } catch (error) {
      onBusError(error);
    }
  }

  /** Makes a call that changes a record; `isNews` says by its answer (`null`: it failed) whether others are told. */
  function change<T>(id: string, call: () => Maybe<T>, isNews: (answer: T | null) => boolean): Maybe<T> {
    open();
    copies.beginChange(id);
    return watch(call, (answer) => {
      copies.endChange(id);
      if (isNews(answer)) tell([id]);
    });
  }

  return {
    name,
    staleness: ttl,
    copyOf(id, now) {
      open();
      return copies.take(id, now);
    },
    find(ids, now) {
      open();
      if (isClosed) return store.find(ids, now);
      const reading = copies.beginRead(ids, now);
      return watch(
        () => store.find(ids, now),
        (found) => copies.endRead(reading, found),
      );
    },
    create: (record) => change(record.id, () => store.create(record), isNoNews),
    update(id, how, now) {
      const isNews = isTouch(how) ? isNoNews : isNewsOfUpdate;
      return change(id, () => store.update(id, how, now), isNews);
    },
    destroy: (id, generation) => change(id, () => store.destroy(id, generation), isNewsOfDestroy),
    ...(byUser && { byUser: createByUser(byUser) }),
    ...(sweep && { sweep: (now, limit) => sweep(now, limit) }),
    async close() {
      isClosed = true;
      copies.clear();
      await listening?.stop();
    },
  };

  function createByUser({ list, destroy, destroyOne }: ByUser): ByUser {
    return {
      list,
      destroy(userId, except) {
        open();
        const known = copies.dropUser(userId, except);
        return watch(
          () => destroy(userId, except),
          (answer) => {
            // After a failure, or an earlier attempt that was answered to nobody, an answer does not name them all: at least
            // those at hand are forgotten everywhere.
            const ids = new Set([...(answer ?? []), ...known, ...copies.dropUser(userId, except)]);
            copies.drop([...ids]);
            tell([...ids]);
          },
        );
      },
      destroyOne: (userId, id) => change(id, () => destroyOne(userId, id), isNewsOfDestroy),
    };
  }
}

/** Makes a call and looks at its answer, `null` where it failed, before anybody else does. */
function watch<T>(call: () => Maybe<T>, look: (answer: T | null) => void): Maybe<T> {
  const seen = (answer: T): T => {
    look(answer);
    return answer;
  };
  const failed = (error: unknown): never => {
    look(null);
    throw error;
  };
  let answer: Maybe<T>;
  try {
    answer = call();
  } catch (error) {
    return failed(error);
  }
  return isPromise(answer) ? answer.then(seen, failed) : seen(answer);
}

const isNoNews = (): boolean => false;
// What failed may have been done all the same.
const isNewsOfUpdate = (answer: UpdateResult | null): boolean => answer === null || answer.outcome === "updated";
// Missing is news: an earlier attempt may have removed it without an answer.
const isNewsOfDestroy = (answer: DestroyResult | null): boolean => answer !== "replaced";

/** Tells a touch from other changes. Where a copy has an earlier deadline than the record, it only says yes for less long. */
function isTouch({ generation: _, touch, ...others }: RecordChange): boolean {
  return touch !== undefined && Object.keys(others).length === 0;
}
