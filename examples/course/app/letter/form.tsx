"use client";

import { useActionState } from "react";
import { Field } from "@/components/field";
import { SubmitButton } from "@/components/submit-button";
import { askForLetter } from "./actions";

export function LetterForm() {
  const [{ email, link, message }, action] = useActionState(askForLetter, {});
  return (
    <form action={action} className="form" noValidate>
      <Field
        label="E-mail address"
        name="email"
        type="email"
        autoComplete="email"
        defaultValue={email}
        error={message}
      />
      <SubmitButton className="button wide" pending="One moment…">
        Send me the letter
      </SubmitButton>
      <div role="status">
        {link ? (
          <p className="notice good">
            This demonstration sends no mail. What would be in it for {email}: <a href={link}>Confirm your address</a>
          </p>
        ) : null}
      </div>
    </form>
  );
}
