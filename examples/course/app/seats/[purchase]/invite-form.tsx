"use client";

import { useActionState } from "react";
import { Field } from "@/components/field";
import { SubmitButton } from "@/components/submit-button";
import { invite } from "../actions";

/** The link is shown once, by this form: the shop keeps only a digest of it. */
export function InviteForm({ purchaseId, left }: { purchaseId: string; left: number }) {
  const [{ link, message, email }, action] = useActionState(invite, {});
  return (
    <form action={action} className="form">
      <input type="hidden" name="purchase" value={purchaseId} />
      <Field
        label="E-mail address (optional)"
        name="email"
        type="email"
        autoComplete="off"
        hint={`With an address the link is good for one seat, without one for ${left === 1 ? "the last one" : `all ${left} that are left`}.`}
      />
      <SubmitButton className="button wide" pending="Making the link…">
        Make an invitation
      </SubmitButton>
      <div role="status">
        {message ? <p className="error">{message}</p> : null}
        {link ? (
          <div className="field">
            <label htmlFor="link">{email ? `The link for ${email}` : "The link for your team"}</label>
            <input id="link" readOnly value={link} aria-describedby="link-note" />
            <p id="link-note" className="hint">
              Copy it now: it is not shown again. Whoever opens it may take a seat.
            </p>
          </div>
        ) : null}
      </div>
    </form>
  );
}
