/**
 * An IP address: eight groups of 16 bits. IPv4 is held as what maps it into IPv6, so that one address has one form.
 *
 * @see RFC 4291 section 2.5.5.2
 */
export type IpAddress = readonly number[];

/** A block of addresses: those that share the first `bits` bits. */
export interface IpRange {
  readonly base: IpAddress;
  readonly bits: number;
}

const longestText = 80;

/** Reads an address as text, or answers `null`. The zone of an IPv6 address means something on its own machine only: it is dropped. */
export function parseIpAddress(text: string): IpAddress | null {
  if (text.length > longestText) return null;
  const ipv4 = parseIpv4(text);
  if (ipv4) return [0, 0, 0, 0, 0, 0xffff, ...ipv4];
  return parseIpv6(text.replace(/%[\w.~-]{1,32}$/, ""));
}

/** Writes an address: IPv4 in dotted form, IPv6 as RFC 5952 wants it. */
export function formatIpAddress(address: IpAddress): string {
  return isIpv4(address) ? formatIpv4(address) : formatIpv6(address);
}

/** Writes the network that an address is in: the first 24 bits of IPv4, the first 48 of IPv6. */
export function formatNetwork(address: IpAddress): string {
  if (isIpv4(address)) return `${formatIpv4(maskTo(address, mappedBits + 24))}/24`;
  return `${formatIpv6(maskTo(address, 48))}/48`;
}

/** Reads an address, or a block of them such as `"10.0.0.0/8"`, or answers `null`. */
export function parseIpRange(text: string): IpRange | null {
  const [, host = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseIpAddress(host);
  if (!address) return null;
  const offset = host.includes(":") ? 0 : mappedBits;
  const bits = length === undefined ? allBits : offset + Number(length);
  return bits <= allBits ? { base: maskTo(address, bits), bits } : null;
}

/** Tells whether an address belongs to a block. */
export function isInRange(address: IpAddress, { base, bits }: IpRange): boolean {
  return maskTo(address, bits).every((group, at) => group === base[at]);
}

const allBits = 128;
const mappedBits = 96;

function isIpv4(address: IpAddress): boolean {
  return address[5] === 0xffff && address.every((group, at) => at >= 5 || group === 0);
}

// Without leading zeros: some programs read them as octal, so such a text has no one meaning.
const octet = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4Pattern = new RegExp(`^${octet}\\.${octet}\\.${octet}\\.${octet}$`);

function parseIpv4(text: string): [number, number] | null {
  const octets = ipv4Pattern.exec(text)?.slice(1).map(Number) as [number, number, number, number] | undefined;
  return octets ? [octets[0] * 256 + octets[1], octets[2] * 256 + octets[3]] : null;
}

function parseIpv6(text: string): IpAddress | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [before, after] = halves.map((half, at) => parseGroups(half, at === halves.length - 1));
  if (!before || after === null) return null;
  if (after === undefined) return before.length === 8 ? before : null;
  const missing = 8 - before.length - after.length;
  return missing > 0 ? [...before, ...new Array<number>(missing).fill(0), ...after] : null;
}

/** The groups of one side of `::`. The last 32 bits may be written as IPv4. */
function parseGroups(text: string, isEnd: boolean): number[] | null {
  if (text === "") return [];
  const parts = text.split(":");
  const ipv4 = isEnd ? parseIpv4(parts.at(-1) as string) : null;
  if (ipv4) parts.pop();
  if (!parts.every((part) => /^[\da-f]{1,4}$/i.test(part))) return null;
  return [...parts.map((part) => Number.parseInt(part, 16)), ...(ipv4 ?? [])];
}

function formatIpv4(address: IpAddress): string {
  return [address[6], address[7]].flatMap((group = 0) => [group >> 8, group & 255]).join(".");
}

function formatIpv6(address: IpAddress): string {
  const { start, length } = longestZeros(address);
  const write = (groups: IpAddress) => groups.map((group) => group.toString(16)).join(":");
  if (length < 2) return write(address);
  return `${write(address.slice(0, start))}::${write(address.slice(start + length))}`;
}

/** The first of the longest runs of zeros: what `::` stands for. */
function longestZeros(address: IpAddress): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  for (let start = 0; start < address.length; start++) {
    let end = start;
    while (address[end] === 0) end++;
    if (end - start > longest.length) longest = { start, length: end - start };
  }
  return longest;
}

function maskTo(address: IpAddress, bits: number): IpAddress {
  return address.map((group, at) => {
    const kept = Math.min(16, Math.max(0, bits - at * 16));
    return group & (0xffff << (16 - kept)) & 0xffff;
  });
}
