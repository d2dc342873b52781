import { type IpRange, parseIpRange } from "../ip-address.ts";

/** What is remembered of the device that a user signs in on, for the list of sessions. A part is `null` where it is not known, or not wanted. */
export interface Device {
  /** The browser, or the program, and where it runs, such as `"Firefox on macOS"`, `"Safari on iPhone"` or `"curl"`. */
  readonly name: string | null;
  /** The address, or its network, as the `address` option of `devices` says. */
  readonly address: string | null;
}

/** A request, as far as {@link DeviceOptions.clientAddress} sees it. */
export interface DeviceRequest {
  /** A header of the request, `null` where it was not sent. Only what your platform itself sets says anything. */
  header(name: string): string | null;
}

/** What is remembered of a device at sign-in. It stays as long as the session, and no longer. */
export interface DeviceOptions {
  /** Whether the name is remembered (default `true`). The `User-Agent` itself never is. */
  readonly name?: boolean;
  /**
   * How much of the visitor's address is remembered: `"none"` (default), `"coarse"`, the network (`/24` of IPv4, `/48` of IPv6),
   * or `"full"`.
   */
  readonly address?: "none" | "coarse" | "full";
  /**
   * Which proxies stand in front of the application: their addresses and blocks, such as `["10.0.0.0/8"]`, or how many of them
   * every request passes. `X-Forwarded-For` is read from its end, as far as these proxies wrote it; without this option it
   * is never read.
   */
  readonly trustedProxies?: readonly string[] | number;
  /**
   * Tells the visitor's address where the platform knows it better, as behind a content delivery network. It takes the place
   * of the connection's address and of `trustedProxies`. What is no address counts as unknown.
   */
  readonly clientAddress?: (request: DeviceRequest) => string | null | undefined;
}

/** The resolved options. */
export interface DevicePolicy {
  readonly name: boolean;
  readonly address: "none" | "coarse" | "full";
  readonly trustedProxies: readonly IpRange[] | number;
  readonly clientAddress: ((request: DeviceRequest) => string | null | undefined) | undefined;
}

type Report = (message: string, hint: string) => void;

const names = "name, address, trustedProxies and clientAddress";

/** A request passes so many proxies at most, and no more of its header is looked at. */
export const mostProxies = 16;

/** Reads the options, and reports what is wrong with them. */
export function resolveDevices(options: DeviceOptions | undefined, invalid: Report): DevicePolicy {
  const isObject = typeof options === "object" && options !== null;
  if (options !== undefined && !isObject) invalid("devices is no object.", 'Write devices: { address: "coarse" }.');
  const { name = true, address = "none", trustedProxies = [], clientAddress, ...others } = isObject ? options : {};
  for (const key of Object.keys(others)) invalid(`devices has no option "${key}".`, `Its options are ${names}.`);
  if (typeof name !== "boolean") invalid("devices.name is neither true nor false.", "Leave it out: it is true.");
  if (!["none", "coarse", "full"].includes(address))
    invalid("devices.address is none of its values.", 'Write "none", "coarse" or "full".');
  if (clientAddress !== undefined && typeof clientAddress !== "function")
    invalid("devices.clientAddress is not a function.", 'Write ({ header }) => header("cf-connecting-ip").');
  return { name, address, trustedProxies: resolveProxies(trustedProxies, invalid), clientAddress };
}

function resolveProxies(proxies: readonly string[] | number, invalid: Report): readonly IpRange[] | number {
  if (typeof proxies === "number") {
    if (!Number.isSafeInteger(proxies) || proxies < 0 || proxies > mostProxies)
      invalid(
        `devices.trustedProxies is not a whole number from 0 to ${mostProxies}.`,
        "Count the proxies that every request passes.",
      );
    return proxies;
  }
  if (!Array.isArray(proxies)) {
    invalid("devices.trustedProxies is neither a list nor a number.", 'Write ["10.0.0.0/8"], or 1 for one proxy.');
    return [];
  }
  return proxies.flatMap((text) => resolveRange(text, invalid) ?? []);
}

function resolveRange(text: unknown, invalid: Report): IpRange | null {
  const range = typeof text === "string" ? parseIpRange(text) : null;
  const ofAll = range !== null && range.bits <= (range.base[5] === 0xffff ? 96 : 0);
  if (range && !ofAll) return range;
  if (ofAll)
    invalid(
      "devices.trustedProxies trusts every address there is.",
      "Anybody could claim any address: name your proxies.",
    );
  else
    invalid(
      "devices.trustedProxies names what is no address or block.",
      'Write addresses such as "10.0.0.7" and blocks such as "10.0.0.0/8".',
    );
  return null;
}
