"use client";

import { useExpiry } from "coatcheck/react";
import { useEffect, useRef, useState } from "react";
import { signOut } from "@/app/account/actions";
import { SubmitButton } from "./submit-button";

/**
 * "You will be signed out in 1:00. Stay signed in?" A time limit must be known and extended by a simple action (WCAG 2.2.1).
 * All tabs show it, and one answer closes it in all of them.
 */
export function ExpiryDialog({ warnBefore }: { warnBefore: `${number}s` }) {
  const { isWarning, canStay, remaining, stay } = useExpiry({ warnBefore });
  const dialog = useRef<HTMLDialogElement>(null);
  const [isSeen, setSeen] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const isOpen = isWarning && !isSeen;

  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  useEffect(() => {
    if (isWarning) return;
    setSeen(false);
    setFailed(false);
  }, [isWarning]);

  // Whoever closes it is there, and that is what was asked.
  const answer = () => {
    if (!canStay) return setSeen(true);
    stay().then(
      () => setFailed(false),
      () => setFailed(true),
    );
  };

  const seconds = Math.ceil((remaining ?? 0) / 1_000);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      role="alertdialog"
      aria-labelledby="expiry-title"
      aria-describedby="expiry-text"
      onCancel={(event) => {
        event.preventDefault();
        answer();
      }}
    >
      <h2 id="expiry-title">Are you still there?</h2>
      <p id="expiry-text">
        You will be signed out in <span role="timer">{formatClock(seconds)}</span>.{" "}
        {canStay ? "Stay signed in?" : "Please finish what you are doing: this cannot be put off."}
      </p>
      {/* The clock above is silent. This is read out, now and then. */}
      <p className="visually-hidden" aria-live="assertive">
        {isOpen ? announcement(seconds) : ""}
      </p>
      {hasFailed ? (
        <p className="error" role="alert">
          The shop did not answer. Please try again.
        </p>
      ) : null}
      <div className="actions">
        <button type="button" className="button" onClick={answer}>
          {canStay ? "Stay signed in" : "I see"}
        </button>
        <form action={signOut}>
          <SubmitButton className="button quiet" pending="Signing out…">
            Sign out now
          </SubmitButton>
        </form>
      </div>
    </dialog>
  );
}

/** 65 is "1:05". */
function formatClock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

const steps = [60, 30, 20, 10];

/** Changes a few times only, so that a screen reader does not count aloud. */
function announcement(seconds: number): string {
  const step = steps.findLast((each) => seconds <= each);
  return step ? `Less than ${step} seconds until you are signed out.` : "";
}
