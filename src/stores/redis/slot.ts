/** The slot of a key in a cluster. @see {@link https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ Redis cluster specification} */
export function slotOf(key: string): number {
  return crc16(new TextEncoder().encode(hashedPart(key))) % 16_384;
}

// What stands between the first brace and the next closing one, unless that is nothing.
function hashedPart(key: string): string {
  const from = key.indexOf("{") + 1;
  const to = from > 0 ? key.indexOf("}", from) : -1;
  return to > from ? key.slice(from, to) : key;
}

/** CRC-16/XMODEM. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc & 0xffff;
}
