import { submitStep } from "@/app/checkout/actions";
import type { StepName } from "@/lib/checkout";
import { SubmitButton } from "./submit-button";

type Props = { step: StepName; back: string; go: string; problems: number; children: React.ReactNode };

/** One step of the checkout. It is checked on the server alone, so the same messages come with and without JavaScript. */
export function StepForm({ step, back, go, problems, children }: Props) {
  return (
    <form action={submitStep.bind(null, step)} className="form" noValidate>
      {problems > 0 ? (
        <p className="notice bad" role="alert">
          {problems === 1 ? "One field needs another look." : `${problems} fields need another look.`} Nothing you typed
          is lost.
        </p>
      ) : null}
      {children}
      <div className="actions">
        {/* First in the document, so that Enter goes on and not back; the style sheet puts it to the right. */}
        <SubmitButton className="button" name="then" value="go" pending="Saving…">
          {go}
        </SubmitButton>
        <SubmitButton className="button quiet" name="then" value="back" pending="Saving…">
          {back}
        </SubmitButton>
      </div>
    </form>
  );
}
