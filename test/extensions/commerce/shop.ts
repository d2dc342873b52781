import {
  type Commerce,
  type CommerceOptions,
  commerce,
  type Product,
  type SqlCommerce,
  sqlCommerce,
  testPayments,
} from "../../../src/extensions/commerce/index.ts";
import { sqlDatabase } from "../../../src/extensions/sql/index.ts";
import { fakeRuntime } from "../../../src/testing/index.ts";
import { libsql } from "../../drivers/drivers.ts";
import { Browser, type World, world } from "../../support/world.ts";

/** What the shop of the tests sells. */
export const products: readonly Product[] = [
  {
    id: "course",
    name: "The course",
    unitPrice: 10_000,
    currency: "eur",
    grants: [
      { type: "course_access", contentIds: ["intro", "outro"] },
      { type: "chat", lasts: "30d" },
    ],
  },
  { id: "bundle", name: "The bundle", unitPrice: 25_000, currency: "eur", upgradableFrom: ["course"] },
  { id: "book", name: "The book", unitPrice: 1_999, currency: "eur" },
  { id: "poster", name: "The poster", unitPrice: 500, currency: "usd" },
];

/** Data that counts the calls of each of its methods. */
export interface CountedData {
  readonly data: SqlCommerce;
  readonly calls: Record<string, number>;
}

/** A shop under test. */
export interface Shop extends World, CountedData {
  /** What commerce has reported, by its name and what it says. */
  reports(): [string, Readonly<Record<string, unknown>>][];
}

/** Commerce over a database in memory, with the test payments unless told otherwise. */
export function shop(
  options: Partial<CommerceOptions> = {},
  { make = commerce, ...configuration }: { readonly make?: typeof commerce; readonly [option: string]: unknown } = {},
): Shop {
  const { data, calls } = counted(sqlCommerce(sqlDatabase(libsql.open(":memory:") as never, { pragmas: false })));
  const extension = make({
    data,
    products,
    country: { header: "x-country" },
    payment: testPayments(),
    parity: { IN: 62, CH: 10 },
    runtime: fakeRuntime({ seed: 7 }),
    ...options,
  });
  const here = world({
    extend: { commerce: extension },
    csrf: { exempt: ["/api/session/webhook"] },
    ...configuration,
  });
  const reports = () =>
    here.events.flatMap((event) =>
      event.type === "extension" ? [[event.event, event.facts] as [string, typeof event.facts]] : [],
    );
  return { ...here, data, calls, reports };
}

function counted(data: SqlCommerce): CountedData {
  const calls: Record<string, number> = {};
  const entries = Object.entries(data).map(([name, method]) => {
    const call = (...args: never[]) => {
      calls[name] = (calls[name] ?? 0) + 1;
      return (method as (...args: never[]) => unknown)(...args);
    };
    return [name, call];
  });
  return { data: Object.fromEntries(entries) as SqlCommerce, calls };
}

/** A session with commerce. */
export interface ShopSession {
  readonly userId: string | null;
  readonly commerce: Commerce;
  set(patch: Readonly<Record<string, unknown>>): Promise<void>;
  signIn(userId: string): Promise<unknown>;
  impersonate(userId: string, options: { readonly reason: string }): Promise<unknown>;
  destroy(): Promise<void>;
}

/** A visitor's browser. */
export class Customer {
  readonly #browser: Browser;
  readonly #shop: Shop;

  constructor(here: Shop) {
    this.#shop = here;
    this.#browser = new Browser(here);
  }

  /** Makes a request and does something with its session. */
  visit<Result>(task: (session: ShopSession) => Promise<Result> | Result, headers?: Record<string, string>) {
    return this.#browser.visit((session) => task(session as unknown as ShopSession), headers);
  }

  /** Signs in. */
  async signIn(userId: string): Promise<void> {
    await this.visit((session) => session.signIn(userId));
  }

  /** Calls an HTTP action as a script of the shop does. */
  async call(action: string, input?: object, headers: Record<string, string> = {}): Promise<[number, unknown]> {
    const isGet = action.startsWith("GET ");
    const query = isGet && input ? `?${new URLSearchParams(input as Record<string, string>)}` : "";
    const response = await this.#send(`${action.replace("GET ", "")}${query}`, {
      method: isGet ? "GET" : "POST",
      headers: { "content-type": "application/json", ...headers },
      ...(!isGet && { body: JSON.stringify(input ?? {}) }),
    });
    return [response.status, await response.json()];
  }

  /** Posts a plain form. */
  post(action: string, body: URLSearchParams): Promise<Response> {
    return this.#send(action, { method: "POST", headers: { accept: "text/html" }, body });
  }

  #send(path: string, { headers, ...request }: RequestInit): Promise<Response> {
    const cookie = [...this.#browser.cookies].map(([key, value]) => `${key}=${value}`).join("; ");
    const sent = { origin: "https://shop.example", cookie, ...(headers as Record<string, string>) };
    const address = `https://shop.example/api/session/${path}`;
    return this.#shop.sessions.handler(new Request(address, { ...request, headers: sent }));
  }
}

/** Somebody with something in their hands: the outcome of a checkout that has to be paid, and was. */
export async function buy(here: Shop, userId: string, productId: string, quantity = 1): Promise<void> {
  const customer = new Customer(here);
  await customer.signIn(userId);
  await customer.visit(async ({ commerce: own }) => {
    const result = await own.checkout({ items: [{ productId, quantity }], coupon: null });
    if (result.status === "started") await own.confirm(result.orderId);
  });
}
