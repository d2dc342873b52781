"use client";

import { useActionState } from "react";
import { Field } from "@/components/field";
import { SubmitButton } from "@/components/submit-button";
import { signIn } from "./actions";

export function SignInForm({ returnTo, mayForget }: { returnTo: string; mayForget: boolean }) {
  const [state, action] = useActionState(signIn, { values: {}, errors: {} });
  return (
    <form action={action} className="form">
      {state.message ? (
        <p className="notice bad" role="alert">
          {state.message}
        </p>
      ) : null}
      <input type="hidden" name="returnTo" value={returnTo} />
      <Field
        label="E-mail address"
        name="email"
        type="email"
        autoComplete="username"
        required
        defaultValue={state.values.email}
      />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
      {mayForget ? (
        <label className="check">
          <input type="checkbox" name="remember" defaultChecked />
          Remember me on this device
        </label>
      ) : null}
      <SubmitButton className="button wide" pending="Signing in…">
        Sign in
      </SubmitButton>
    </form>
  );
}
