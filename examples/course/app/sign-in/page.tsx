import { safeReturnTo } from "coatcheck";
import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { Page } from "@/components/page";
import { auth } from "@/lib/session";
import { isAuthjsDemo } from "@/lib/settings";
import { SignInForm } from "./form";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const { returnTo, left } = await searchParams;
  const target = safeReturnTo(returnTo, "/account");
  if (await auth()) redirect(target);
  return (
    <Page title="Sign in" narrow>
      {left === undefined ? null : (
        <p className="notice good" role="status">
          {left === "everywhere" ? "You have signed out everywhere." : "You have signed out."} Nothing of yours is left
          in this browser.
        </p>
      )}
      <SignInForm returnTo={target} mayForget={!isAuthjsDemo} />
      <p className="muted after">
        New here? <Link href={`/sign-up?returnTo=${encodeURIComponent(target)}`}>Make an account</Link>
      </p>
    </Page>
  );
}
