"use client";

import { type Device, useDevices } from "coatcheck/react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Ago } from "@/components/ago";
import { SubmitButton } from "@/components/submit-button";
import { formatDistance } from "@/lib/dates";
import { deviceAddress, deviceName } from "@/lib/device";
import { revokeDevice, revokeOthers } from "./actions";

type Props = { rendered: readonly Device[]; now: number };

/**
 * The list as the server rendered it, whose forms work by themselves. Where JavaScript runs, the same buttons act at once, and
 * coming back to the page shows who has signed in meanwhile.
 */
export function DeviceList({ rendered, now }: Props) {
  const { devices = rendered, refresh, ...calls } = useDevices();
  const [said, setSaid] = useState("");
  const status = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const look = () => void refresh();
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, [refresh]);

  async function act(event: FormEvent, call: () => Promise<unknown>, done: string): Promise<void> {
    event.preventDefault();
    setSaid("");
    await call().then(
      () => setSaid(done),
      () => setSaid("The shop did not confirm that. Please try again."),
    );
    status.current?.focus(); // the button that had it may be gone with its device
  }

  const others = devices.filter(({ isCurrent }) => !isCurrent);
  const latest = Math.max(now, ...devices.map(({ lastSeenAt }) => lastSeenAt));
  return (
    <section className="panel" aria-label="Signed-in devices">
      <ul className="browsers">
        {devices.map((device) => (
          <li key={device.id}>
            <Description device={device} now={latest} />
            {device.isCurrent ? (
              <span className="tag">This device</span>
            ) : (
              <form
                action={revokeDevice}
                onSubmit={(event) =>
                  act(event, () => calls.revoke(device.id), `${deviceName(device.device)} is signed out.`)
                }
              >
                <input type="hidden" name="id" value={device.id} />
                <SubmitButton
                  className="link"
                  pending="Signing out…"
                  aria-label={`Sign out ${deviceName(device.device)}, seen ${formatDistance(device.lastSeenAt, latest)}`}
                >
                  Sign out
                </SubmitButton>
              </form>
            )}
          </li>
        ))}
      </ul>
      <p ref={status} className="small" role="status" tabIndex={-1}>
        {said}
      </p>
      {others.length > 0 ? (
        <form
          action={revokeOthers}
          onSubmit={(event) => act(event, calls.revokeOthers, "Every other device is signed out.")}
        >
          <SubmitButton className="button quiet wide" pending="Signing out…">
            Sign out everywhere else
          </SubmitButton>
        </form>
      ) : null}
    </section>
  );
}

function Description({ device: { device, lastSeenAt, authenticatedAt }, now }: { device: Device; now: number }) {
  const address = deviceAddress(device);
  return (
    <span>
      {deviceName(device)}
      <span className="muted">
        {address ? `${address} · ` : ""}
        seen <Ago at={lastSeenAt} now={now} />
        {authenticatedAt ? (
          <>
            {" · signed in "}
            <Ago at={authenticatedAt} now={now} />
          </>
        ) : null}
      </span>
    </span>
  );
}
