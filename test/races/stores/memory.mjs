import { importBuilt } from "../library.mjs";

/** What is kept in memory is known to one process only. */
export const processes = "one";

export function makeTarget() {
  return { target: null, remove: () => undefined };
}

export async function openStore(dist) {
  const { memoryStore } = await importBuilt(dist, "index.js");
  return { store: memoryStore(), close: () => undefined };
}
