import type { SessionClientError } from "../client/client-error.ts";
import type { Requests } from "../client/requests.ts";
import type { Device } from "../client/session-client.ts";
import type { SessionStore } from "./session-store.ts";
import { singleFlight } from "./single-flight.ts";

/** The user's sessions as a component sees them. */
export interface UseDevices {
  /** The user's sessions, the one seen last first; `undefined` before the first answer and while nobody is signed in. */
  readonly devices: readonly Device[] | undefined;
  /** Why the last request for the list failed, or `null`. The list that was known before still stands. */
  readonly error: SessionClientError | null;
  /** Whether the list is being asked for. */
  readonly isLoading: boolean;
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

/** The list of devices in this tab: one request, however many components show it. */
export interface DeviceStore {
  /** The state as long as nothing is known, and on a server. */
  readonly nothing: UseDevices;
  get(): UseDevices;
  subscribe(listener: () => void): () => void;
}

export function createDeviceStore(tab: Requests & SessionStore): DeviceStore {
  const refresh = singleFlight(async () => {
    owner = ownerNow();
    set({ ...state, isLoading: true });
    const answer: Partial<UseDevices> = await tab.read("/devices").catch((error) => ({ error }));
    return () => {
      // Somebody else is signed in by now: the list is not theirs.
      set(owner === ownerNow() ? { ...state, isLoading: false, error: null, ...answer } : nothing);
      if (state.error) void tab.refresh(); // refused, perhaps, because the session has ended
    };
  });
  const nothing: UseDevices = {
    devices: undefined,
    error: null,
    isLoading: false,
    refresh,
    revoke: (id) => drop("/revoke", (device) => device.id !== id, { id }),
    revokeOthers: () => drop("/revoke-others", (device) => device.isCurrent),
  };
  let state = nothing;
  let owner: unknown; // whose list it is: the session's id, or that there is a session

  // Whoever watches the devices watches the tab.
  function set(next: UseDevices): void {
    state = next;
    tab.notify();
  }

  function ownerNow(): unknown {
    const { data } = tab.get();
    return data && (data.id ?? true);
  }

  /** Keeps to the session: another one has another list, and nobody has none. */
  function follow(): void {
    const now = ownerNow();
    if (state.isLoading || now === owner) return;
    owner = now;
    set(nothing);
    if (now) void refresh();
  }

  async function drop(path: string, isKept: (device: Device) => boolean, body?: object): Promise<never> {
    try {
      const { revoked }: { revoked: never } = await tab.post(path, body);
      set({ ...state, devices: state.devices?.filter(isKept) });
      return revoked;
    } finally {
      void tab.refresh(); // it may have been this very session, or be over already
    }
  }

  return {
    nothing,
    get: () => state,
    subscribe(listener) {
      const stop = tab.subscribe(() => {
        follow();
        listener();
      });
      follow();
      return stop;
    },
  };
}
