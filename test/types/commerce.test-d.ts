// The types of commerce, held against what an application would write. Nothing here runs.
import type {
  CheckoutResult,
  Commerce,
  CommerceData,
  Payments,
  ProductPrice,
  Purchase,
} from "../../src/extensions/commerce/index.ts";
import { commerce } from "../../src/extensions/commerce/index.ts";
import { createSessions, type InferActions, type InferSession, memoryStore } from "../../src/index.ts";

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_Claim extends true>(): void {}

declare const data: CommerceData;
declare const payment: Payments;

const shop = commerce({ data, products: [], country: { header: "x-country" }, payment });
const sessions = createSessions({ store: memoryStore(), extend: { commerce: shop } });

type AppSession = InferSession<typeof sessions>;
holds<Equals<AppSession["commerce"], Commerce>>();

declare const session: AppSession;
const price = session.commerce.price("course", { quantity: 5, coupon: null });
holds<Equals<typeof price, Promise<ProductPrice | null>>>();

type Actions = InferActions<typeof sessions>;
holds<Equals<Actions["purchases"]["method"], "GET">>();
holds<Equals<Actions["prices"]["output"], ProductPrice>>();
holds<Equals<Actions["checkout"]["output"], CheckoutResult>>();
holds<Equals<Actions["lookup"]["output"]["purchases"], readonly Purchase[]>>();

// @ts-expect-error a purchase has one of three statuses
const status: Purchase["status"] = "valid";
// @ts-expect-error a country has a source
commerce({ data, products: [], country: "DE", payment });

export { status };
