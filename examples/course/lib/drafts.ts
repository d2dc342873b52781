import type { StepName } from "./checkout";
import { invoicesOf } from "./invoices";
import type { UserSession } from "./session";

interface Draft {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: Readonly<Record<string, string>>;
}

/** What a step's form shows: what was typed in this checkout, or else what the last order was made out to. */
export function draftOf({ data, userId }: UserSession, step: StepName): Draft {
  const typed = data.checkout[step];
  if (typed) return typed;
  const [latest] = invoicesOf(userId);
  return { values: latest?.[step] ?? {}, errors: {} };
}
