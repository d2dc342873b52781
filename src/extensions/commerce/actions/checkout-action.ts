import { isJson } from "../../../http/action-body.ts";
import type { CheckoutResult } from "../checkout.ts";
import type { Asked } from "./acting.ts";
import { fields, maybeCode, path, quantity } from "./input.ts";

/** What `checkout` takes. */
export interface CheckoutInput {
  readonly productId: string | null;
  readonly quantity: number;
  readonly upgradeFrom: string | null;
  readonly coupon: string | null;
  readonly returnTo: string | null;
}

/**
 * `POST checkout`: an order of the viewer's cart, or of one product. A plain form is sent on to the page of the provider,
 * and names the way back in the query: `checkout?returnTo=/thanks`. No amount and no price is taken from the request.
 */
export const checkoutAction = {
  input: fields<CheckoutInput>({
    productId: maybeCode,
    quantity,
    upgradeFrom: maybeCode,
    coupon: maybeCode,
    returnTo: path,
  }),
  async handler({ session, input, request }: Asked<CheckoutInput>): Promise<CheckoutResult | Response> {
    const { productId, quantity, upgradeFrom, coupon } = input;
    const returnTo = input.returnTo ?? new URL(request.url).searchParams.get("returnTo");
    const result = await session.commerce.checkout({
      ...(returnTo !== null && { returnTo }),
      ...(coupon !== null && { coupon }),
      ...(productId !== null && { items: [{ productId, quantity, upgradeFrom }] }),
    });
    const isForm = !isJson(request.headers.get("content-type"));
    if (!isForm || result.status !== "started" || result.payment.kind !== "redirect") return result;
    return new Response(null, { status: 303, headers: { location: result.payment.url } });
  },
} as const;
