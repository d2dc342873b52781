import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { CheckoutFrame } from "@/components/checkout-frame";
import { Field } from "@/components/field";
import { StepForm } from "@/components/step-form";
import { draftOf } from "@/lib/drafts";
import { requireUser } from "@/lib/session";

export const metadata: Metadata = { title: "Checkout: contact" };

export default async function ContactPage() {
  const session = await requireUser({ returnTo: "/checkout/contact" });
  const basket = await session.basket;
  if (basket.lines.length === 0) redirect("/cart");
  const { values, errors } = draftOf(session, "contact");
  return (
    <CheckoutFrame step="Contact" title="How do we reach you?" basket={basket}>
      <StepForm step="contact" back="Back to cart" go="Continue to billing" problems={Object.keys(errors).length}>
        <Field
          label="Full name"
          name="name"
          autoComplete="name"
          defaultValue={values.name ?? session.user.name}
          error={errors.name}
        />
        <Field
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="email"
          hint="The receipt and the links to your lessons go here."
          defaultValue={values.email ?? session.user.email}
          error={errors.email}
        />
        <Field
          label="Phone (optional)"
          name="phone"
          type="tel"
          autoComplete="tel"
          defaultValue={values.phone}
          error={errors.phone}
        />
      </StepForm>
    </CheckoutFrame>
  );
}
