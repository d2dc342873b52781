import { SubmitButton } from "@/components/submit-button";
import { actAs } from "./actions";

/** Closed until it is needed: it opens by itself in every browser, without a script. */
export function ActForm({ userId, name }: { userId: string; name: string }) {
  const field = `reason-${userId}`;
  return (
    <details className="act">
      <summary>Act as {name}</summary>
      <form action={actAs} className="form">
        <input type="hidden" name="userId" value={userId} />
        <div className="field">
          <label htmlFor={field}>Reason</label>
          <input id={field} name="reason" required maxLength={200} aria-describedby={`${field}-note`} />
          <p id={`${field}-note`} className="hint">
            It is written down with your name. It ends by itself after 15 minutes.
          </p>
        </div>
        <SubmitButton className="button wide" pending="One moment…">
          Act as {name}
        </SubmitButton>
      </form>
    </details>
  );
}
