import { z } from "zod";

/** Messages for the next page. A list: what two tabs say at the same time is said twice, not lost. */
export const flashSchema = z
  .array(z.object({ tone: z.enum(["good", "bad"]), text: z.string().max(200) }))
  .max(5)
  .default([]);

export type Flash = z.output<typeof flashSchema>;

/** How the proxy hands the messages to the render, and the mark of the addresses that it does so for. */
export const flashHeader = "x-vesper-flash";
export const flashMark = "flash";

export function markForFlash(path: string): string {
  return `${path}${path.includes("?") ? "&" : "?"}${flashMark}=1`;
}

// Headers are ASCII, messages are not.
export function encodeFlash(flash: Flash): string {
  return encodeURIComponent(JSON.stringify(flash));
}

export function decodeFlash(header: string | null): Flash {
  try {
    return flashSchema.parse(JSON.parse(decodeURIComponent(header ?? "[]")));
  } catch {
    return [];
  }
}
