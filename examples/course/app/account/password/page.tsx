import type { Metadata } from "next";
import { Page } from "@/components/page";
import { onlyWithOwnSignIn } from "@/lib/entrance";
import { recent, requireUser } from "@/lib/session";
import { PasswordForm } from "./form";

export const metadata: Metadata = { title: "Change your password" };

/** Only for whoever has proven a moment ago who they are: a browser that was left open is not enough. */
export default async function PasswordPage() {
  onlyWithOwnSignIn();
  const { user } = await requireUser({ ...recent, returnTo: "/account/password" });
  return (
    <Page
      title="Change your password"
      lead="Every other device is signed out with it, and this one gets a new key."
      narrow
    >
      <PasswordForm email={user.email} />
    </Page>
  );
}
