"use client";

import { useFormStatus } from "react-dom";

type Props = React.ComponentProps<"button"> & { pending?: string };

/** A submit button that shows its form at work. Without JavaScript it is a plain one. */
export function SubmitButton({ children, pending, className = "button", ...props }: Props) {
  const status = useFormStatus();
  const isMine = !props.name || status.data?.get(props.name) === props.value;
  // Not `disabled`: that would take the focus away from who pressed it by keyboard.
  const hold = (event: React.MouseEvent) => status.pending && event.preventDefault();
  return (
    <button
      {...props}
      type="submit"
      className={className}
      aria-disabled={status.pending || undefined}
      data-pending={(status.pending && isMine) || undefined}
      onClick={hold}
    >
      {status.pending && isMine && pending ? pending : children}
    </button>
  );
}
