import type { Metadata } from "next";
import Link from "next/link";
import { Page } from "@/components/page";
import { SubmitButton } from "@/components/submit-button";
import { onlyWithOwnSignIn } from "@/lib/entrance";
import { openSession, requireUser } from "@/lib/session";
import { signOutEverywhere } from "./actions";
import { DeviceList } from "./device-list";

export const metadata: Metadata = { title: "Your devices" };

export default async function DevicesPage() {
  onlyWithOwnSignIn();
  await requireUser({ returnTo: "/account/devices" });
  const session = await openSession();
  return (
    <Page
      title="Your devices"
      lead="Where you are signed in. Is there one that you do not know? Sign it out, and change your password."
      narrow
    >
      <div className="stack">
        <DeviceList rendered={await session.list()} now={Date.now()} />
        <form action={signOutEverywhere} className="apart">
          <p className="muted small">This device too: you will have to sign in again.</p>
          <SubmitButton className="button quiet wide" pending="Signing out…">
            Sign out everywhere
          </SubmitButton>
        </form>
        <p>
          <Link href="/account/password">Change your password</Link>
        </p>
      </div>
    </Page>
  );
}
