import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Page } from "@/components/page";
import { SubmitButton } from "@/components/submit-button";
import { onlyWithOwnSignIn } from "@/lib/entrance";
import { shelfOf } from "@/lib/lantern";
import { recent, requireUser, type UserSession } from "@/lib/session";
import { lantern } from "@/lib/settings";
import { disconnect } from "./actions";

export const metadata: Metadata = { title: "Connected accounts" };

const here = "/account/connections";

const failures: Readonly<Record<string, string>> = {
  cancelled: "You said no at the library. Nothing was connected.",
  expired: "That took too long, or was begun in another browser. Please try again.",
};

const unknownFailure = "The library did not answer as it should. Please try again.";

/** For whoever has proven a moment ago who they are: an account that is linked acts for them. */
export default async function ConnectionsPage({ searchParams }: PageProps<"/account/connections">) {
  onlyWithOwnSignIn();
  if (!lantern) notFound();
  const session = await requireUser({ ...recent, returnTo: here });
  const { connection_error: failure } = await searchParams;
  const [account] = await session.connection.list();
  return (
    <Page
      title="Connected accounts"
      lead="Let the shop see what you are reading, and choose your next course by it."
      narrow
    >
      <div className="stack">
        {typeof failure === "string" ? (
          <p className="notice bad" role="alert">
            {Object.hasOwn(failures, failure) ? failures[failure] : unknownFailure}
          </p>
        ) : null}
        <section className="panel">
          <h2>Lantern Library</h2>
          {account ? <Account session={session} /> : <Connect label="Connect an account" />}
        </section>
      </div>
    </Page>
  );
}

/** The books come with a token that is fetched here, while rendering, where the one that is kept has ended. */
async function Account({ session }: { session: UserSession }) {
  const shelf = await shelfOf(session.connection("lantern"));
  return (
    <>
      {typeof shelf === "string" ? (
        <p className="muted">{words[shelf]}</p>
      ) : (
        <>
          <p className="muted">Borrowed by {shelf.reader}:</p>
          <ul className="rows">
            {shelf.books.map(({ title, author }) => (
              <li key={title}>
                {title} <span className="muted">{author}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {shelf === "broken" ? <Connect label="Connect it again" /> : null}
      <form action={disconnect}>
        <SubmitButton className="button quiet wide" pending="Disconnecting…">
          Disconnect
        </SubmitButton>
      </form>
    </>
  );
}

const words = {
  broken: "The library gives us nothing any more: you have taken it back there, or it has ended.",
  unavailable: "The library does not answer at the moment. Your account stays connected.",
};

function Connect({ label }: { label: string }) {
  return (
    <form method="post" action={`/api/session/link-account?returnTo=${here}`}>
      <button type="submit" name="provider" value="lantern" className="button wide">
        {label}
      </button>
    </form>
  );
}
