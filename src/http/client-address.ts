import { type DevicePolicy, type DeviceRequest, mostProxies } from "../core/devices.ts";
import { type IpAddress, isInRange, parseIpAddress } from "../ip-address.ts";

/** Where a request came from: its headers, and the other end of its connection where the runtime tells that. */
export interface AddressedRequest extends DeviceRequest {
  /** The address at the other end of the connection, or `null`. */
  peer?(): string | null;
}

/**
 * Finds the visitor's address, or answers `null` where it is not known.
 *
 * It is the connection's, unless that one is a trusted proxy's. A proxy adds the address it was called from to the end of
 * `X-Forwarded-For`, so the header is read from its end, and only as far as trusted proxies wrote it: what stands before was
 * sent by the visitor, who may write anything there.
 */
export function findClientAddress(request: AddressedRequest, policy: DevicePolicy): IpAddress | null {
  const { clientAddress, trustedProxies } = policy;
  if (clientAddress) return readHop(clientAddress({ header: (name) => request.header(name) }));
  const peer = readHop(request.peer?.() ?? null);
  if (typeof trustedProxies === "number") return passProxies(request, peer, trustedProxies);
  let address = peer;
  const isTrusted = (hop: IpAddress) => trustedProxies.some((range) => isInRange(hop, range));
  for (const hop of hopsOf(request, trustedProxies.length > 0)) {
    if (!address || !isTrusted(address)) return address;
    address = hop;
  }
  return address;
}

// Without a connection's address the count alone says which entry is the visitor's.
function passProxies(request: AddressedRequest, peer: IpAddress | null, count: number): IpAddress | null {
  let address = peer;
  let passed = 0;
  for (const hop of hopsOf(request, count > 0)) {
    if (passed++ === count) break;
    address = hop;
  }
  return address;
}

/** The addresses of `X-Forwarded-For`, the last one first; `null` for what is none. */
function* hopsOf(request: AddressedRequest, isWanted: boolean): Generator<IpAddress | null> {
  const list = isWanted ? request.header("x-forwarded-for") : null;
  if (!list) return;
  let end = list.length;
  for (let count = 0; count <= mostProxies && end >= 0; count++) {
    const comma = end === 0 ? -1 : list.lastIndexOf(",", end - 1);
    yield readHop(list.slice(comma + 1, end));
    end = comma;
  }
}

const longestHop = 100;

/** Reads an address as proxies write it: bare, or with a port, `203.0.113.7:4711` or `[2001:db8::7]:4711`. */
function readHop(text: unknown): IpAddress | null {
  if (typeof text !== "string" || text.length > longestHop) return null;
  const [, bracketed, dotted] = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(text.trim()) ?? [];
  return parseIpAddress(bracketed ?? dotted ?? text.trim());
}
