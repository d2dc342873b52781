import { useMemo, useSyncExternalStore } from "react";
import { type DeviceState, noDevices } from "./device-store.ts";
import { useScope } from "./scope.ts";

/** The devices as a component sees them. */
export interface UseDevices extends DeviceState {
  /** Asks for the list anew. Never rejects: a failure is in `error`. */
  refresh(): Promise<void>;
  /**
   * Ends one of the user's own sessions by its id; answers whether there was one. It leaves the list when the server has
   * confirmed it.
   *
   * @throws {@link SessionClientError} It was not confirmed: the session may still be there.
   */
  revoke(id: string): Promise<boolean>;
  /** Ends all but this session; answers how many. Rejects like `revoke`. */
  revokeOthers(): Promise<number>;
}

/**
 * The user's sessions, "your devices": one request, however many components show them, and none while nobody is signed in.
 *
 * @example
 * const { devices, revoke } = useDevices()
 * return devices?.map((device) => <Row key={device.id} {...device} onRemove={() => revoke(device.id)} />)
 */
export function useDevices(): UseDevices {
  const scope = useScope();
  const store = useMemo(
    () => ({
      subscribe: (listener: () => void) => scope.tab().devices.subscribe(listener),
      snapshot: () => scope.tab().devices.get(),
      calls: {
        refresh: () => scope.tab().devices.refresh(),
        revoke: (id: string) => scope.tab().devices.revoke(id),
        revokeOthers: () => scope.tab().devices.revokeOthers(),
      },
    }),
    [scope],
  );
  const state = useSyncExternalStore(store.subscribe, store.snapshot, () => noDevices);
  return useMemo(() => ({ ...state, ...store.calls }), [state, store]);
}
