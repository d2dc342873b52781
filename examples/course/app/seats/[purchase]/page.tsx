import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Page } from "@/components/page";
import { SubmitButton } from "@/components/submit-button";
import { findCourse } from "@/lib/catalogue";
import { formatInstant } from "@/lib/dates";
import { requireUser } from "@/lib/session";
import { findUser } from "@/lib/users";
import { takeSeat } from "../actions";
import { InviteForm } from "./invite-form";

export const metadata: Metadata = { title: "Seats of your team" };

/** For the owner of the seats: to everybody else there is no such page. */
export default async function SeatsPage({ params }: PageProps<"/seats/[purchase]">) {
  const { purchase } = await params;
  const { userId, commerce } = await requireUser({ returnTo: `/seats/${purchase}` });
  const team = (await commerce.seats.list()).find(({ purchaseId }) => purchaseId === purchase);
  const claimed = team && (await commerce.seats.claimed(purchase));
  if (!team || !claimed) notFound();
  const title = findCourse(team.productId)?.title ?? team.productId;
  const isIn = claimed.some((seat) => seat.userId === userId);
  return (
    <Page title="Seats of your team" lead={`“${title}”: ${team.used} of ${team.total} seats are taken.`}>
      <div className="split even">
        <section>
          <h2>Who has a seat</h2>
          {claimed.length === 0 ? (
            <p className="blank">Nobody yet. Send the first invitation.</p>
          ) : (
            <ol className="browsers">
              {claimed.map((seat) => (
                <li key={seat.userId}>
                  <Person userId={seat.userId} isSelf={seat.userId === userId} />
                  <time className="muted small" dateTime={new Date(seat.claimedAt).toISOString()}>
                    {formatInstant(seat.claimedAt)}
                  </time>
                </li>
              ))}
            </ol>
          )}
        </section>
        <div className="stack">
          {team.left === 0 ? (
            <p className="panel">
              Every seat is taken. <Link href={`/courses/${team.productId}`}>Buy more of them</Link>
            </p>
          ) : (
            <section className="panel">
              <h2>Invite somebody</h2>
              <InviteForm purchaseId={purchase} left={team.left} />
            </section>
          )}
          {isIn || team.left === 0 ? null : (
            <section className="panel">
              <h2>Do you learn too?</h2>
              <p className="muted">You have bought the seats, and sit on none of them yet.</p>
              <form action={takeSeat}>
                <input type="hidden" name="purchase" value={purchase} />
                <SubmitButton className="button quiet wide" pending="One moment…">
                  Take a seat yourself
                </SubmitButton>
              </form>
            </section>
          )}
        </div>
      </div>
    </Page>
  );
}

function Person({ userId, isSelf }: { userId: string; isSelf: boolean }) {
  const user = findUser(userId);
  return (
    <span>
      {user?.name ?? "Somebody who has left"}
      {isSelf ? " (you)" : null}
      <span className="muted">{user?.email}</span>
    </span>
  );
}
