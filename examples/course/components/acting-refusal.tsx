import Link from "next/link";
import { Page } from "./page";

/** Nobody can prove to be somebody else: what needs a recent proof is closed to whoever acts as another. */
export function ActingRefusal({ name }: { name: string }) {
  return (
    <Page title={`Only ${name} can do that`} narrow>
      <p className="lead">
        You are acting as {name}, and this needs their own password. Stop acting first, to do it for yourself.
      </p>
      <p className="after">
        <Link href="/account" className="button quiet">
          Back to the account
        </Link>
      </p>
    </Page>
  );
}
