import { describe, expect, it } from "vitest";
import { commerce, type SqlCommerce } from "../../../src/extensions/commerce/index.ts";
import { buy, Customer, type Shop, shop } from "./shop.ts";
import { takingUsersFromBodies } from "./trusting-actions.ts";

async function customerOf(here: Shop, userId: string): Promise<Customer> {
  const customer = new Customer(here);
  await customer.signIn(userId);
  return customer;
}

const teamOf = async (data: SqlCommerce, userId: string) =>
  (await data.purchasesOf(userId)).find(({ quantity }) => quantity > 1)?.id ?? "";

/** A shop in which ada owns five seats, and has a code for them. */
async function withTeam(here = shop()) {
  await buy(here, "ada", "course", 5);
  const purchaseId = await teamOf(here.data, "ada");
  const [ada, eve] = [await customerOf(here, "ada"), await customerOf(here, "eve")];
  return { here, ada, eve, purchaseId };
}

/** What a body that names somebody else changes for them: nothing, where the viewer is the session's. */
async function effectsOnOthers(here: Shop): Promise<unknown[]> {
  const { ada, eve, purchaseId } = await withTeam(here);
  const [, invited] = await ada.call("invite", { purchaseId });
  const { code } = invited as { code: string };
  await eve.call("cart-add", { productId: "book", userId: "bob" });
  await eve.call("cart-set", { productId: "poster", quantity: 2, userId: "bob" });
  await here.data.mergeCart("bob", [{ productId: "course", quantity: 1 }]);
  await eve.call("cart-remove", { productId: "course", userId: "bob" });
  await eve.call("claim", { code, userId: "bob" });
  const [status] = await eve.call("invite", { purchaseId, userId: "ada" });
  return [await here.data.cartOf("bob"), await here.data.purchasesOf("bob"), status];
}

describe("R-A7 a body that names another user changes nothing for them", () => {
  const nothing = [[{ productId: "course", quantity: 1 }], [], 404];

  it("in the actions of cart and seats", async () => {
    expect(await effectsOnOthers(shop())).toEqual(nothing);
  });

  it("the control believes the body, and is found out", async () => {
    const here = shop({}, { make: takingUsersFromBodies(commerce) });
    expect(await effectsOnOthers(here)).not.toEqual(nothing);
  });

  it("in what is listed", async () => {
    const { ada, eve, purchaseId } = await withTeam();
    await ada.call("cart-add", { productId: "book" });
    for (const action of ["GET cart", "GET seats", "GET orders"]) {
      const own = await eve.call(action);
      expect(await eve.call(action, { userId: "ada", purchaseId })).toEqual(own);
      expect(JSON.stringify(own)).not.toMatch(/book|course/);
    }
  });
});

describe("the cart over HTTP", () => {
  it.each(["nobody", "ada"])("is listed, added to, set and emptied by %s", async (who) => {
    const here = shop();
    const customer = who === "nobody" ? new Customer(here) : await customerOf(here, who);
    await customer.visit(({ commerce: own }) => own.attribute({ referral: "a friend" })); // so that nobody has a session
    expect(await customer.call("GET cart")).toEqual([200, { lines: [] }]);
    expect(await customer.call("cart-add", { productId: "book" })).toEqual([
      200,
      { lines: [{ productId: "book", quantity: 1 }] },
    ]);
    await customer.call("cart-add", { productId: "book", quantity: 2 });
    await customer.call("cart-set", { productId: "course", quantity: 5 });
    expect(await customer.call("cart-set", { productId: "course", quantity: 2 })).toMatchObject([
      200,
      {
        lines: expect.arrayContaining([
          { productId: "book", quantity: 3 },
          { productId: "course", quantity: 2 },
        ]),
      },
    ]);
    expect(await customer.call("cart-set", { productId: "book", quantity: 0 })).toEqual([
      200,
      { lines: [{ productId: "course", quantity: 2 }] },
    ]);
    expect(await customer.call("cart-remove", { productId: "nothing" })).toMatchObject([200, { lines: [{}] }]);
    expect(await customer.call("cart-remove", { productId: "course" })).toEqual([200, { lines: [] }]);
    expect(await customer.call("GET cart")).toEqual([200, { lines: [] }]);
  });

  it("is listed without a session being made, and the first piece makes one", async () => {
    const here = shop();
    expect(await new Customer(here).call("GET cart")).toEqual([200, { lines: [] }]);
    expect(here.store.total()).toBe(0);
    expect((await new Customer(here).call("cart-add", { productId: "book" }))[0]).toBe(200);
    expect(here.store.total()).toBeGreaterThan(0);
  });

  it.each([
    ["cart-add", { productId: "nothing" }, 404],
    ["cart-set", { productId: "nothing", quantity: 1 }, 404],
    ["cart-add", { productId: "book", quantity: -1 }, 400],
    ["cart-add", { productId: "book", quantity: 0 }, 400],
    ["cart-set", { productId: "book" }, 400],
    ["cart-set", { productId: "book", quantity: -1 }, 400],
    ["cart-set", { productId: "book", quantity: 10_001 }, 400],
    ["cart-remove", {}, 400],
  ])("%s of %j is refused", async (action, input, status) => {
    const here = shop();
    expect((await new Customer(here).call(action, input))[0]).toBe(status);
    expect(here.store.total()).toBe(0);
  });

  it("is posted by plain forms, whose numbers are texts", async () => {
    const here = shop();
    const ada = await customerOf(here, "ada");
    await ada.post("cart-set", new URLSearchParams({ productId: "book", quantity: "3" }));
    expect(await here.data.cartOf("ada")).toEqual([{ productId: "book", quantity: 3 }]);
    await ada.post("cart-set", new URLSearchParams({ productId: "book", quantity: "0" }));
    expect(await here.data.cartOf("ada")).toEqual([]);
  });
});

describe("seats over HTTP", () => {
  it("are listed and given by their owner, and claimed once by each user", async () => {
    const { here, ada, eve, purchaseId } = await withTeam();
    expect(await ada.call("GET seats")).toEqual([
      200,
      { seats: [{ purchaseId, productId: "course", total: 5, used: 0, left: 5 }] },
    ]);
    expect(await eve.call("invite", { purchaseId })).toEqual([404, { error: "not_found" }]);
    const [status, invited] = await ada.call("invite", { purchaseId, email: "eve@example.com", uses: 1 });
    expect([status, invited]).toEqual([200, { status: "invited", code: expect.stringMatching(/^[\w-]{32}$/) }]);
    const { code } = invited as { code: string };
    expect(await eve.call("claim", { code })).toMatchObject([200, { status: "claimed", productId: "course" }]);
    expect(await eve.call("claim", { code })).toEqual([200, { status: "already" }]);
    expect(await (await customerOf(here, "bob")).call("claim", { code })).toEqual([200, { status: "used" }]);
    expect(await ada.call("GET seats")).toMatchObject([200, { seats: [{ used: 1, left: 4 }] }]);
  });

  it.each([
    ["claim", {}],
    ["invite", {}],
    ["invite", { purchaseId: "p", uses: 0 }],
    ["invite", { purchaseId: "p", email: {} }],
  ])("%s of %j is refused", async (action, input) => {
    expect((await (await customerOf(shop(), "ada")).call(action, input))[0]).toBe(400);
  });
});

describe("orders over HTTP", () => {
  it("are listed for whoever made them, without coupons, and paid back where the application lets them", async () => {
    const here = shop({ mayRefund: () => true });
    await buy(here, "ada", "book");
    const [ada, eve] = [await customerOf(here, "ada"), await customerOf(here, "eve")];
    const [status, body] = await ada.call("GET orders");
    const [order] = (body as { orders: { id: string }[] }).orders;
    expect([status, order]).toMatchObject([
      200,
      { status: "paid", total: 1_999, lines: [{ productId: "book" }], purchases: [{ productId: "book" }] },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/couponId|userId|referral/);
    expect(await eve.call("refund", { orderId: order?.id, userId: "ada" })).toEqual([200, { status: "missing" }]);
    expect(await ada.call("refund", { orderId: order?.id })).toEqual([200, { status: "refunded" }]);
    expect(await ada.call("GET orders")).toMatchObject([200, { orders: [{ status: "refunded" }] }]);
  });
});

describe("who is not signed in, or on another site", () => {
  const own = ["GET seats", "invite", "claim", "GET orders", "refund"];

  it.each(own)("is refused in %s", async (action) => {
    const input = { purchaseId: "p", code: "c", orderId: "o" };
    expect(await new Customer(shop()).call(action, input)).toEqual([401, { error: "unauthenticated" }]);
  });

  it.each(["invite", "claim", "refund", "cart-add", "cart-set", "cart-remove"])("is refused in %s", async (action) => {
    const ada = await customerOf(shop(), "ada");
    const input = { purchaseId: "p", code: "c", orderId: "o", productId: "book", quantity: 1 };
    expect(await ada.call(action, input, { origin: "https://evil.example" })).toEqual([
      403,
      { error: "cross_site_request" },
    ]);
  });
});
