import { safeReturnTo } from "coatcheck";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ActingRefusal } from "@/components/acting-refusal";
import { Page } from "@/components/page";
import { recent, requireUser } from "@/lib/session";
import { ConfirmForm } from "./form";

export const metadata: Metadata = { title: "Is it you?" };

/** Asks somebody who is signed in for their password again, and lets them go on to where they came from. */
export default async function ConfirmPage({ searchParams }: PageProps<"/confirm">) {
  const target = safeReturnTo((await searchParams).returnTo, "/account");
  const session = await requireUser({ returnTo: target });
  if (session.actor) return <ActingRefusal name={session.user.name} />;
  if (session.satisfies(recent)) redirect(target);
  return (
    <Page
      title="Is it you?"
      lead="It is a while since you signed in. Before you change something important, please confirm your password."
      narrow
    >
      <ConfirmForm email={session.user.email} returnTo={target} />
    </Page>
  );
}
