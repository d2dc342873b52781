import { describe, expect, it } from "vitest";
import { readUserIds } from "../../src/cli/user-ids.ts";

async function* chunksOf(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function idsIn(text: string | Uint8Array, size = 1) {
  const ids: unknown[] = [];
  for await (const { number, userId } of readUserIds(chunksOf(Buffer.from(text), size))) ids.push([number, userId]);
  return ids;
}

describe("User ids, one a line", () => {
  it.each([1, 2, 3, 1_000])("are the same in chunks of %i bytes", async (size) => {
    const expected = [
      [1, "ä\u2028é"],
      [3, " b "],
      [4, "😀"],
    ];
    expect(await idsIn("ä\u2028é\r\n\n b \n😀", size)).toEqual(expected);
  });

  it("are none where they are not UTF-8, or hold a control character", async () => {
    expect(await idsIn(new Uint8Array([0x61, 0xff, 0x0a, 0x62]))).toEqual([
      [1, null],
      [2, "b"],
    ]);
    expect(await idsIn("a\rb\n")).toEqual([[1, null]]);
  });

  it("are read no faster than they are asked for", async () => {
    let given = 0;
    async function* endless() {
      for (;;) yield Buffer.from(`user-${++given}\n`);
    }
    const ids = readUserIds(endless());
    for (const number of [1, 2, 3]) {
      expect(await ids.next()).toEqual({ done: false, value: { number, userId: `user-${number}` } });
      expect(given).toBe(number);
    }
  });
});
