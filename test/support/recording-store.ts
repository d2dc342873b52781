import type { SessionRecord, SessionStore } from "../../src/index.ts";

/** Keeps every record that a store was ever given. */
export function recording(store: SessionStore): { store: SessionStore; written: SessionRecord[] } {
  const written: SessionRecord[] = [];
  const create: SessionStore["create"] = (record) => {
    written.push(record);
    return store.create(record);
  };
  return { store: { ...store, create }, written };
}

/** Every text in a value, however deep. */
export function everyText(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(everyText) : [];
}
