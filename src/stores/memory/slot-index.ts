import { none } from "./slots.ts";

const shardCount = 1_024;

/**
 * Slots by a text. The entries are spread over many small maps: a `Map` that has grown full moves all its entries at
 * once, and of a million that would hold up every visitor for a tenth of a second.
 */
export class Index {
  readonly #shards: Map<string, number>[] = [];

  /** The slot of a text, or `none`. */
  get(text: string): number {
    return this.#shards[shardOf(text)]?.get(text) ?? none;
  }

  set(text: string, slot: number): void {
    const shard = shardOf(text);
    while (this.#shards.length <= shard) this.#shards.push(new Map());
    this.#shards[shard]?.set(text, slot);
  }

  delete(text: string): void {
    this.#shards[shardOf(text)]?.delete(text);
  }
}

// The end of an id is random and the end of a user's id differs the most. Only the time of growth depends on the spread:
// in each shard the engine's own, seeded hash decides.
function shardOf(text: string): number {
  let sum = 0;
  for (let at = Math.max(0, text.length - 6); at < text.length; at++) sum = sum * 31 + text.charCodeAt(at);
  return sum % shardCount;
}
