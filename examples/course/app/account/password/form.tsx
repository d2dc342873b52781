"use client";

import { useActionState } from "react";
import { Field } from "@/components/field";
import { SubmitButton } from "@/components/submit-button";
import { savePassword } from "./actions";

export function PasswordForm({ email }: { email: string }) {
  const [{ errors }, action] = useActionState(savePassword, { values: {}, errors: {} });
  return (
    <form action={action} className="form" noValidate>
      {/* For password managers, which want to know whose it is. */}
      <input type="email" name="email" autoComplete="username" defaultValue={email} readOnly hidden />
      <Field
        label="New password"
        name="password"
        type="password"
        autoComplete="new-password"
        hint="At least 10 characters; a few words make a good one."
        error={errors.password}
      />
      <SubmitButton className="button wide" pending="Changing it…">
        Change the password
      </SubmitButton>
    </form>
  );
}
