/** The rules of users, for as long as their version stands. The ones used last are kept. */
export interface RulesCache<Rule> {
  find(key: string): readonly Rule[] | null;
  keep(key: string, rules: readonly Rule[]): void;
}

/** @param size How many entries it keeps at most. */
export function createRulesCache<Rule>(size: number): RulesCache<Rule> {
  const entries = new Map<string, readonly Rule[]>(); // the one used last comes last
  return {
    find(key) {
      const found = entries.get(key);
      if (found === undefined) return null;
      entries.delete(key);
      entries.set(key, found);
      return found;
    },
    keep(key, rules) {
      entries.delete(key);
      entries.set(key, rules);
      for (const oldest of entries.keys()) {
        if (entries.size <= size) return;
        entries.delete(oldest);
      }
    },
  };
}
