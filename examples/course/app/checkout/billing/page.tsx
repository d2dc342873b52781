import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { CheckoutFrame } from "@/components/checkout-frame";
import { Field, SelectField } from "@/components/field";
import { StepForm } from "@/components/step-form";
import { countries } from "@/lib/countries";
import { draftOf } from "@/lib/drafts";
import { requireUser } from "@/lib/session";

export const metadata: Metadata = { title: "Checkout: billing" };

export default async function BillingPage() {
  const session = await requireUser({ returnTo: "/checkout/billing" });
  const basket = await session.basket;
  if (basket.lines.length === 0) redirect("/cart");
  const { values, errors } = draftOf(session, "billing");
  const field = (name: string) => ({ name, defaultValue: values[name], error: errors[name] });
  return (
    <CheckoutFrame step="Billing" title="Where does the invoice go?" basket={basket}>
      <StepForm step="billing" back="Back to contact" go="Review the order" problems={Object.keys(errors).length}>
        <Field label="Company (optional)" autoComplete="organization" {...field("company")} />
        <Field label="Street and number" autoComplete="street-address" {...field("street")} />
        <div className="row">
          <Field label="Postcode" autoComplete="postal-code" {...field("postcode")} />
          <Field label="Town or city" autoComplete="address-level2" {...field("city")} />
        </div>
        <SelectField label="Country" autoComplete="country" {...field("country")}>
          <option value="">Choose…</option>
          {Object.entries(countries).map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </SelectField>
      </StepForm>
    </CheckoutFrame>
  );
}
