import { checkUserId } from "../core/inputs.ts";

/** A user id, and the line that it stood on; `null`: what stands there is none. */
export interface Line {
  readonly number: number;
  readonly userId: string | null;
}

/** Reads user ids, one a line, no faster than they are used. Blank lines are none. Whatever else a line holds belongs to the id. */
export async function* readUserIds(input: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 0;
  for await (const line of linesOf(input)) {
    number += 1;
    if (line.trim() !== "") yield { number, userId: userIdIn(line) };
  }
}

/** The lines of a text in UTF-8, which end with LF or CRLF, the last one perhaps with neither. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder(); // takes a byte order mark off
  let rest = "";
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  yield (rest + decoder.decode()).replace(/\r$/, "");
}

/** What is not UTF-8 was replaced, and would be somebody else's id. */
function userIdIn(line: string): string | null {
  try {
    return line.includes("\uFFFD") ? null : checkUserId(line);
  } catch {
    return null;
  }
}
