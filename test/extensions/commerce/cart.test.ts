import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addLine, type CartLine, mergeLines, setLine } from "../../../src/extensions/commerce/cart-line.ts";
import { Customer, shop } from "./shop.ts";

const lines = (...pairs: [string, number][]): CartLine[] =>
  pairs.map(([productId, quantity]) => ({ productId, quantity }));

describe("the cart", () => {
  it("of an anonymous visitor is in their session, and the data knows nothing of it", async () => {
    const here = shop();
    const visitor = new Customer(here);
    await visitor.visit(({ commerce }) => commerce.cart.add("course"));
    await visitor.visit(async ({ commerce: { cart } }) => {
      expect(await cart.add("course", 2)).toBe("added");
      expect(await cart.add("book", 4)).toBe("added");
      expect(await cart.set("book", 1)).toBe("set");
      expect(await cart.add("nothing")).toBe("unknown");
      expect(await cart.set("nothing", 2)).toBe("unknown");
      expect(await cart.lines()).toEqual(lines(["course", 3], ["book", 1]));
      await cart.remove("course");
    });
    expect(await visitor.visit(({ commerce }) => commerce.cart.lines())).toEqual(lines(["book", 1]));
    expect(await new Customer(here).visit(({ commerce }) => commerce.cart.lines())).toEqual([]);
    expect(here.calls).toEqual({});
  });

  it("has fewer pieces after reduce, and without any left the product is out", async () => {
    const here = shop();
    await here.data.mergeCart("ada", lines(["book", 4], ["course", 2]));
    const [visitor, ada] = [new Customer(here), new Customer(here)];
    await visitor.visit(({ commerce }) => commerce.cart.add("book", 4));
    await visitor.visit(({ commerce }) => commerce.cart.add("course", 2));
    await ada.signIn("ada");
    for (const customer of [visitor, ada]) {
      await customer.visit(async ({ commerce: { cart } }) => {
        expect(await cart.lines()).toEqual(lines(["book", 4], ["course", 2]));
        await cart.reduce("book");
        await cart.reduce("course", 2);
        await cart.reduce("nothing", 9);
        expect(await cart.lines()).toEqual(lines(["book", 3]));
        await cart.reduce("book", 9);
        expect(await cart.lines()).toEqual([]);
        for (const quantity of [0, -1, 0.5]) await expect(cart.reduce("book", quantity)).rejects.toThrow(RangeError);
      });
    }
  });

  it("R-A9 of a user is asked for once in a request, and anew after a change", async () => {
    const here = shop();
    const visitor = new Customer(here);
    await visitor.signIn("ada");
    await visitor.visit(async ({ commerce: { cart } }) => {
      await Promise.all([cart.lines(), cart.lines(), cart.total()]);
      expect(here.calls.cartOf).toBe(1);
      await cart.add("book");
      expect(await cart.lines()).toEqual(lines(["book", 1]));
      await cart.lines();
      expect(here.calls.cartOf).toBe(2);
    });
  });

  it("comes to what a checkout asks for", async () => {
    const here = shop();
    const discount = { kind: "fixed", amount: 1_000 } as const;
    await here.data.addCoupon({
      ...{ id: "c1", code: "MINUS", productId: null, maxUses: null, expiresAt: null },
      discount,
    });
    const visitor = new Customer(here);
    await visitor.visit(async ({ commerce }) => {
      expect(await commerce.cart.total()).toEqual({ status: "empty" });
      await commerce.cart.add("book");
      await commerce.cart.add("course", 5);
      expect(await commerce.cart.total()).toMatchObject({
        ...{ status: "priced", total: 1_999 + 42_500, currency: "eur" },
        lines: [
          { productId: "book", quantity: 1, fullPrice: 1_999, total: 1_999 },
          { productId: "course", quantity: 5, fullPrice: 50_000, total: 42_500, discount: "bulk" },
        ],
      });
      expect(await commerce.cart.total({ coupon: "MINUS" })).toMatchObject({ total: 999 + 42_500 });
      await commerce.attribute({ coupon: "MINUS" });
    });
    await visitor.signIn("ada");
    await visitor.visit(async ({ commerce }) => {
      const total = await commerce.cart.total();
      expect(await commerce.checkout()).toMatchObject({ total: total.status === "priced" && total.total });
      expect(total).toMatchObject({ total: 999 + 42_500 });
      await commerce.cart.add("poster");
      expect(await commerce.cart.total()).toEqual({ status: "mixed-currencies" });
    });
    await here.data.mergeCart("eve", lines(["gone", 1]));
    const eve = new Customer(here);
    await eve.signIn("eve");
    expect(await eve.visit(({ commerce }) => commerce.cart.total())).toEqual({
      ...{ status: "unknown-product", productId: "gone" },
    });
  });

  it("is read without a session being made", async () => {
    const here = shop();
    expect(await new Customer(here).visit(({ commerce }) => commerce.cart.lines())).toEqual([]);
    expect(here.store.total()).toBe(0);
  });

  it.each([0.5, 0, -1, 10_001, Number.NaN])("takes no %s pieces", async (quantity) => {
    await new Customer(shop()).visit(async ({ commerce }) => {
      await expect(commerce.cart.add("course", quantity)).rejects.toThrow(RangeError);
    });
  });

  it("is merged at sign-in: the union, with the greater quantity, and the session's is empty", async () => {
    const here = shop();
    await here.data.mergeCart("ada", lines(["course", 3], ["book", 1]));
    const visitor = new Customer(here);
    await visitor.visit(async ({ commerce }) => {
      await commerce.cart.add("book", 2);
      await commerce.cart.add("course", 1);
      await commerce.cart.add("poster", 1);
    });
    await visitor.signIn("ada");
    expect(await here.data.cartOf("ada")).toEqual(lines(["book", 2], ["course", 3], ["poster", 1]));
    await visitor.visit(async ({ commerce }) => {
      await commerce.cart.remove("poster");
      expect(await commerce.cart.lines()).toEqual(lines(["book", 2], ["course", 3]));
    });
  });

  it("loses nothing when two devices sign in at the same moment", async () => {
    const here = shop();
    const devices = [new Customer(here), new Customer(here)] as const;
    await devices[0].visit(({ commerce }) => commerce.cart.add("course", 2));
    await devices[1].visit(({ commerce }) => commerce.cart.add("book", 3));
    await Promise.all(devices.map((device) => device.signIn("ada")));
    for (const device of devices) {
      expect(await device.visit(({ commerce }) => commerce.cart.lines())).toEqual(lines(["book", 3], ["course", 2]));
    }
  });

  it("has nothing of another user: not of who signs in after them, nor of who was here before", async () => {
    const here = shop();
    const device = new Customer(here);
    await device.visit(({ commerce }) => commerce.cart.add("course"));
    await device.signIn("ada");
    await device.visit(({ commerce }) => commerce.cart.add("book"));
    await device.signIn("eve");
    expect(await device.visit(({ commerce }) => commerce.cart.lines())).toEqual([]);
    expect(await here.data.cartOf("eve")).toEqual([]);
    expect(await here.data.cartOf("ada")).toEqual(lines(["book", 1], ["course", 1]));
  });

  it("is not lost when the data fails at sign-in: it is shown, and merged before the next change", async () => {
    const here = shop();
    let fails = true;
    const merge = here.data.mergeCart;
    Object.assign(here.data, {
      mergeCart: (...args: Parameters<typeof merge>) => (fails ? Promise.reject(new Error("down")) : merge(...args)),
    });
    const visitor = new Customer(here);
    await visitor.visit(({ commerce }) => commerce.cart.add("course", 2));
    await visitor.signIn("ada");
    expect(here.events.filter(({ type }) => type === "extension-failed")).toMatchObject([{ part: "signedIn" }]);
    fails = false;
    await here.data.mergeCart("ada", lines(["book", 1]));
    expect(await visitor.visit(({ commerce }) => commerce.cart.lines())).toEqual(lines(["book", 1], ["course", 2]));
    await visitor.visit(({ commerce }) => commerce.cart.remove("course"));
    expect(await visitor.visit(({ commerce }) => commerce.cart.lines())).toEqual(lines(["book", 1]));
  });

  it("is refused from a session that was tampered with: what does not fit is dropped", async () => {
    const here = shop();
    const visitor = new Customer(here);
    await visitor.visit(async ({ commerce }) => {
      await commerce.attribute({ coupon: "x".repeat(300), referral: "" });
      expect(commerce.attribution).toEqual({ coupon: null, referral: null });
    });
  });
});

describe("carts that are merged", () => {
  const cart = fc.uniqueArray(
    fc.record({
      productId: fc.constantFrom("a", "b", "c", "d", "__proto__"),
      quantity: fc.integer({ min: 1, max: 9 }),
    }),
    { selector: ({ productId }) => productId },
  );
  const sorted = (merged: readonly CartLine[]) =>
    [...merged].sort((one, other) => (one.productId < other.productId ? -1 : 1));

  it("have every product of both, in any order, and the same again", () => {
    fc.assert(
      fc.property(cart, cart, cart, (one, other, third) => {
        const merged = mergeLines(one, other);
        expect(sorted(merged)).toEqual(sorted(mergeLines(other, one)));
        expect(mergeLines(merged, other)).toEqual(merged);
        expect(sorted(mergeLines(mergeLines(one, other), third))).toEqual(
          sorted(mergeLines(one, mergeLines(other, third))),
        );
        for (const { productId, quantity } of [...one, ...other]) {
          expect(merged.find((line) => line.productId === productId)?.quantity).toBeGreaterThanOrEqual(quantity);
        }
      }),
    );
  });

  it("are changed line by line", () => {
    const some = lines(["a", 1], ["b", 2]);
    expect(setLine(some, { productId: "a", quantity: 0 })).toEqual(lines(["b", 2]));
    expect(setLine(some, { productId: "c", quantity: 5 })).toEqual(lines(["a", 1], ["b", 2], ["c", 5]));
    expect(addLine(some, { productId: "b", quantity: 9_999 })).toEqual(lines(["a", 1], ["b", 10_000]));
  });
});
