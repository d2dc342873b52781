import { systemRuntime } from "../../runtime.ts";

const lettersAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
const base32 = "abcdefghijklmnopqrstuvwxyz234567";

/** The bytes below this one stand for all 36 characters equally often. */
const fair = 256 - (256 % lettersAndDigits.length);

/** A random text of lower-case letters and digits, for the ids of users. Sessions make their ids themselves. */
export function generateId(length: number): string {
  let id = "";
  while (id.length < length) {
    for (const byte of systemRuntime.randomBytes(length)) {
      if (byte < fair && id.length < length) id += lettersAndDigits[byte % lettersAndDigits.length];
    }
  }
  return id;
}

/** As many random bytes as `size` says, in base32 (RFC 4648 section 6) with lower-case letters and without padding. */
export function generateIdFromEntropySize(size: number): string {
  let [id, bits, count] = ["", 0, 0];
  for (const byte of systemRuntime.randomBytes(size)) {
    bits = ((bits << 8) | byte) & 0xfff;
    for (count += 8; count >= 5; count -= 5) id += base32[(bits >> (count - 5)) & 31];
  }
  return count > 0 ? id + base32[(bits << (5 - count)) & 31] : id;
}
