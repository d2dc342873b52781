import type { SessionClientError } from "../client/client-error.ts";
import type { Device, SessionClient } from "../client/session-client.ts";
import { createCell } from "./cell.ts";
import type { Fields } from "./session-state.ts";
import type { SessionStore } from "./session-store.ts";

/** What is known of the visitor's devices. */
export interface DeviceState {
  /** The user's sessions, the one seen last first; `undefined` before the first answer and while nobody is signed in. */
  readonly devices: readonly Device[] | undefined;
  /** Why the last request failed, or `null`. The list that was known before still stands. */
  readonly error: SessionClientError | null;
  /** Whether the list is being asked for. */
  readonly isLoading: boolean;
}

/** The list of devices in this tab: one request, however many components show it. */
export interface DeviceStore {
  get(): DeviceState;
  subscribe(listener: () => void): () => void;
  refresh(): Promise<void>;
  revoke(id: string): Promise<boolean>;
  revokeOthers(): Promise<number>;
}

export const noDevices: DeviceState = { devices: undefined, error: null, isLoading: false };

type DeviceClient = Pick<SessionClient<unknown>, "devices" | "revoke" | "revokeOthers">;

export function createDeviceStore(client: DeviceClient, session: SessionStore<unknown>): DeviceStore {
  const cell = createCell(noDevices);
  let flight: Promise<void> | null = null;
  let owner: unknown = null; // whose list it is: the session's id, or that there is a session

  const ownerNow = () => {
    const view = session.get().data as Fields | null | undefined;
    return view ? (view.id ?? true) : null;
  };

  async function ask(): Promise<void> {
    const asker = ownerNow();
    owner = asker;
    cell.set({ ...cell.get(), isLoading: true });
    const answer = await client.devices().then(
      (devices): DeviceState => ({ devices, error: null, isLoading: false }),
      (error: SessionClientError): DeviceState => ({ ...cell.get(), error, isLoading: false }),
    );
    flight = null;
    // Somebody else is signed in by now: the list is not theirs.
    if (asker !== ownerNow()) return follow();
    cell.set(answer);
    if (answer.error?.status === 401) void session.refresh();
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
    cell.set(noDevices);
    if (now !== null && cell.isWatched()) void refresh();
  }

  async function drop<Result>(request: Promise<Result>, isGone: (device: Device) => boolean): Promise<Result> {
    const result = await request.catch((error) => {
      void session.refresh(); // refused, perhaps, because the session has ended
      throw error;
    });
    const { devices } = cell.get();
    if (devices?.some((device) => isGone(device) && device.isCurrent)) void session.refresh();
    cell.set({ ...cell.get(), devices: devices?.filter((device) => !isGone(device)) });
    return result;
  }

  return {
    get: cell.get,
    subscribe(listener) {
      const stops = [cell.subscribe(listener), session.subscribe(follow)];
      follow();
      return () => {
        for (const stop of stops) stop();
      };
    },
    refresh,
    revoke: (id) => drop(client.revoke(id), (device) => device.id === id),
    revokeOthers: () => drop(client.revokeOthers(), (device) => !device.isCurrent),
  };
}
