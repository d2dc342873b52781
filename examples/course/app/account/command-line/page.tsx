import type { Metadata } from "next";
import Link from "next/link";
import { Page } from "@/components/page";
import { onlyWithOwnSignIn } from "@/lib/entrance";
import { recent, requireUser } from "@/lib/session";
import { origin } from "@/lib/settings";
import { TicketForm } from "./form";

export const metadata: Metadata = { title: "Sign a command line in" };

/** For whoever has proven a moment ago who they are: what it gives away acts for them elsewhere. */
export default async function CommandLinePage() {
  onlyWithOwnSignIn();
  await requireUser({ ...recent, returnTo: "/account/command-line" });
  return (
    <Page
      title="Sign a command line in"
      lead="See your courses and complete lessons from a terminal. It gets keys of its own, never your password, and you can take them back."
      narrow
    >
      <div className="stack">
        <section className="panel">
          <h2>In the terminal</h2>
          <pre>
            <code>{`VESPER_URL=${origin} node examples/course/cli/vesper.mjs sign-in`}</code>
          </pre>
          <p className="muted">It asks for a ticket. Make one here, and paste it there.</p>
          <TicketForm />
        </section>
        <p>
          <Link href="/account/access">What acts for you</Link>
        </p>
      </div>
    </Page>
  );
}
