import type { Metadata } from "next";
import Link from "next/link";
import { Page } from "@/components/page";
import { SubmitButton } from "@/components/submit-button";
import { getSession } from "@/lib/session";
import { confirmLetter, leaveLetter } from "./actions";
import { LetterForm } from "./form";

export const metadata: Metadata = { title: "The evening letter" };

/** For readers, for those who come by the link in their mail, and for those who are neither yet. */
export default async function LetterPage({ searchParams }: PageProps<"/letter">) {
  const { ticket } = await searchParams;
  const { visitor } = await getSession();
  if (visitor.subscriber) return <Reader email={visitor.subscriber.email ?? "a reader"} />;
  if (typeof ticket === "string") return <Confirm ticket={ticket} />;
  return (
    <Page
      title="The evening letter"
      lead="On the first Sunday of the month: what our teachers read, make and get wrong. Readers pay 15 % less."
      narrow
    >
      <LetterForm />
    </Page>
  );
}

/** Opening the link confirms nothing: mail programs open links, too. */
function Confirm({ ticket }: { ticket: string }) {
  return (
    <Page title="One more click" lead="Then the letter is on its way to you." narrow>
      <form action={confirmLetter}>
        <input type="hidden" name="ticket" value={ticket} />
        <SubmitButton className="button wide" pending="Confirming…">
          Confirm my address
        </SubmitButton>
      </form>
    </Page>
  );
}

function Reader({ email }: { email: string }) {
  return (
    <Page title="You read the letter" lead={`It goes to ${email}, on the first Sunday of the month.`} narrow>
      <div className="actions start">
        <Link className="button" href="/">
          See all courses
        </Link>
        <form action={leaveLetter}>
          <SubmitButton className="button quiet" pending="One moment…">
            That is not me
          </SubmitButton>
        </form>
      </div>
    </Page>
  );
}
