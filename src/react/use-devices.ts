import { createDeviceStore, type UseDevices } from "./device-store.ts";
import { useSyncExternalStore } from "./react.ts";
import { useScope } from "./scope.ts";

/**
 * The user's sessions, "your devices": one request, however many components show them, and none while nobody is signed in.
 *
 * @example
 * const { devices, revoke } = useDevices()
 * return devices?.map((device) => <Row key={device.id} {...device} onRemove={() => revoke(device.id)} />)
 */
export function useDevices(): UseDevices {
  const { tab } = useScope();
  tab.devices ??= createDeviceStore(tab);
  const { subscribe, get, nothing } = tab.devices;
  return useSyncExternalStore(subscribe, get, () => nothing);
}
