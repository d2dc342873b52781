import type { SessionClientError } from "../client/client-error.ts";
import type { Requests } from "../client/requests.ts";
import type { Device } from "../client/session-client.ts";
import { createCell } from "./cell.ts";
import type { SessionStore } from "./session-store.ts";

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

export function createDeviceStore({ get: read, post }: Requests, session: SessionStore): DeviceStore {
  const nothing: UseDevices = {
    devices: undefined,
    error: null,
    isLoading: false,
    refresh,
    revoke: (id) => drop("/revoke", (device) => device.id === id, { id }),
    revokeOthers: () => drop("/revoke-others", (device) => !device.isCurrent),
  };
  const { get, set, subscribe, watchers } = createCell(nothing);
  let flight: Promise<void> | undefined;
  let owner: unknown; // whose list it is: the session's id, or that there is a session

  const ownerNow = () => {
    const { data } = session.get();
    return data && (data.id ?? true);
  };

  async function ask(): Promise<void> {
    const asker = ownerNow();
    owner = asker;
    set({ ...get(), isLoading: true });
    const answer = await read("/devices").then(
      ({ devices }: { devices: Device[] }) => ({ devices, error: null }),
      (error: SessionClientError) => ({ error }),
    );
    flight = undefined;
    // Somebody else is signed in by now: the list is not theirs.
    if (asker !== ownerNow()) return follow();
    set({ ...get(), ...answer, isLoading: false });
    if (answer.error) void session.refresh(); // refused, perhaps, because the session has ended
  }

  function refresh(): Promise<void> {
    flight ??= ask();
    return flight;
  }

  /** Keeps to the session: another one has another list, and nobody has none. */
  function follow(): void {
    const now = ownerNow();
    if (flight || now === owner) return;
    owner = now;
    set(nothing);
    if (now && watchers()) void refresh();
  }

  async function drop(path: string, isGone: (device: Device) => boolean, body?: object): Promise<never> {
    try {
      const answer: { revoked: never } = await post(path, body);
      set({ ...get(), devices: get().devices?.filter((device) => !isGone(device)) });
      return answer.revoked;
    } finally {
      void session.refresh(); // it may have been this very session, or be over already
    }
  }

  return {
    nothing,
    get,
    subscribe(listener) {
      const stops = [subscribe(listener), session.subscribe(follow)];
      follow();
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
