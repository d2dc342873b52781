"use client";

import { useActionState } from "react";
import { SubmitButton } from "@/components/submit-button";
import { makeTicket } from "./actions";

/** Makes a ticket and shows it this once. */
export function TicketForm() {
  const [ticket, action] = useActionState(makeTicket, null);
  return (
    <form action={action} className="form">
      {ticket ? (
        <div className="field" role="status">
          <label htmlFor="ticket">Your ticket</label>
          <input id="ticket" value={ticket} readOnly aria-describedby="ticket-note" />
          <p id="ticket-note" className="hint">
            Good once, for five minutes. Whoever has it acts for you, sees your courses and completes lessons, until you
            take that back. Nobody from Vesper asks for it.
          </p>
        </div>
      ) : null}
      <SubmitButton className="button wide" pending="Making a ticket…">
        {ticket ? "Make another one" : "Make a ticket"}
      </SubmitButton>
    </form>
  );
}
