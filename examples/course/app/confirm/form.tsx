"use client";

import { useActionState } from "react";
import { Field } from "@/components/field";
import { SubmitButton } from "@/components/submit-button";
import { confirm } from "./actions";

export function ConfirmForm({ email, returnTo }: { email: string; returnTo: string }) {
  const [state, action] = useActionState(confirm, { values: {}, errors: {} });
  return (
    <form action={action} className="form">
      {state.message ? (
        <p className="notice bad" role="alert">
          {state.message}
        </p>
      ) : null}
      <input type="hidden" name="returnTo" value={returnTo} />
      <input type="email" name="email" autoComplete="username" defaultValue={email} readOnly hidden />
      <Field label={`Password of ${email}`} name="password" type="password" autoComplete="current-password" required />
      <SubmitButton className="button wide" pending="Confirming…">
        Go on
      </SubmitButton>
    </form>
  );
}
