import type { Device } from "coatcheck";

/** What a list of devices calls one of them. */
export function deviceName(device: unknown): string {
  return readDevice(device).name ?? "Unknown browser";
}

/** Where it is, as far as that is remembered. */
export function deviceAddress(device: unknown): string | null {
  return readDevice(device).address ?? null;
}

// What is stored was written by some version of this shop, perhaps by an earlier one.
function readDevice(device: unknown): Partial<Device> {
  if (typeof device === "string") return { name: device };
  return typeof device === "object" && device !== null ? device : {};
}
