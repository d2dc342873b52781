"use client";

import { useActionState } from "react";
import { Field } from "@/components/field";
import { SubmitButton } from "@/components/submit-button";
import { signUp } from "./actions";

export function SignUpForm({ returnTo }: { returnTo: string }) {
  const [{ values, errors, message }, action] = useActionState(signUp, { values: {}, errors: {} });
  return (
    <form action={action} className="form" noValidate>
      {message ? (
        <p className="notice bad" role="alert">
          {message}
        </p>
      ) : null}
      <input type="hidden" name="returnTo" value={returnTo} />
      <Field label="Your name" name="name" autoComplete="name" defaultValue={values.name} error={errors.name} />
      <Field
        label="E-mail address"
        name="email"
        type="email"
        autoComplete="username"
        defaultValue={values.email}
        error={errors.email}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        hint="At least 10 characters. We keep only a salted scrypt hash of it."
        error={errors.password}
      />
      <SubmitButton className="button wide" pending="Making your account…">
        Make an account
      </SubmitButton>
    </form>
  );
}
