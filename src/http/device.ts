import type { Device, DevicePolicy } from "../core/devices.ts";
import { formatIpAddress, formatNetwork } from "../ip-address.ts";
import { type AddressedRequest, findClientAddress } from "./client-address.ts";
import { nameDevice } from "./device-name.ts";

/** Says what is to be remembered of the device behind a request; `undefined` where nothing is wanted. */
export async function describeDevice(request: AddressedRequest, policy: DevicePolicy): Promise<Device | undefined> {
  if (!policy.name && policy.address === "none") return undefined;
  const address = orNull(() => addressOf(request, policy)); // before anything is awaited: a connection may end meanwhile
  const name = policy.name ? await nameDevice(request).catch(() => null) : null;
  return { name, address };
}

function addressOf(request: AddressedRequest, policy: DevicePolicy): string | null {
  if (policy.address === "none") return null;
  const address = findClientAddress(request, policy);
  if (!address) return null;
  return policy.address === "coarse" ? formatNetwork(address) : formatIpAddress(address);
}

// One part that fails, such as a function of the application, leaves the other one as it is.
function orNull<Value>(find: () => Value): Value | null {
  try {
    return find();
  } catch {
    return null;
  }
}
