// Next.js bundles a package once for each layer (server components, route handlers, proxy), so that one process may have
// several caches over one store, made by several copies of this module. They tell each other of changes at once, without a
// bus: through a registered symbol, since they share nothing else. Ids are random, so that a cache over another store that
// is told of one has nothing to drop.

/** Something that is told which records have changed. */
export interface Neighbour {
  drop(ids: readonly string[]): void;
}

/** The caches of one place. */
export interface Neighbours {
  /** Adds a cache. It is not held on to: who forgets it need not say so. */
  join(neighbour: Neighbour): void;
  /** Tells every cache. */
  tell(ids: readonly string[]): void;
}

const symbol = Symbol.for("coatcheck.cached");

/** The caches of this process. */
export const processNeighbours: Neighbours = {
  join: (neighbour) => void members().add(new WeakRef(neighbour)),
  tell(ids) {
    for (const member of members()) {
      const neighbour = member.deref();
      if (neighbour) neighbour.drop(ids);
      else members().delete(member);
    }
  },
};

function members(): Set<WeakRef<Neighbour>> {
  const anchor = globalThis as { [symbol]?: Set<WeakRef<Neighbour>> };
  anchor[symbol] ??= new Set();
  return anchor[symbol];
}
