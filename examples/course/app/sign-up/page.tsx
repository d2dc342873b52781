import { safeReturnTo } from "coatcheck";
import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { Page } from "@/components/page";
import { auth } from "@/lib/session";
import { SignUpForm } from "./form";

export const metadata: Metadata = { title: "Make an account" };

export default async function SignUpPage({ searchParams }: PageProps<"/sign-up">) {
  const target = safeReturnTo((await searchParams).returnTo, "/account");
  if (await auth()) redirect(target);
  return (
    <Page title="Make an account" narrow>
      <SignUpForm returnTo={target} />
      <p className="muted after">
        Been here before? <Link href={`/sign-in?returnTo=${encodeURIComponent(target)}`}>Sign in</Link>
      </p>
    </Page>
  );
}
