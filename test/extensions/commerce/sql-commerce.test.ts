import { expect, it } from "vitest";
import {
  type Entitlement,
  type Fulfilment,
  type Invitation,
  type NewPurchase,
  type Purchase,
  type SqlCommerce,
  sqlCommerce,
} from "../../../src/extensions/commerce/index.ts";
import { describeWith } from "../../require-services.ts";
import { servers } from "../sql/databases.ts";
import { line, order, purchase } from "./rows.ts";

const right = (patch: Partial<Entitlement> = {}): Entitlement => ({
  type: "course_access",
  contentIds: ["intro", "outro"],
  expiresAt: null,
  purchaseId: "p1",
  country: null,
  ...patch,
});
const bought = (patch: Partial<Purchase> = {}): NewPurchase => {
  const made = purchase(patch);
  return { purchase: made, entitlements: made.quantity > 1 ? [] : [right({ purchaseId: made.id })] };
};
const fulfilment = (patch: Partial<Fulfilment> = {}): Fulfilment => ({
  orderId: "o1",
  eventId: "evt_1",
  userId: "ada",
  bought: [bought({ orderId: "o1", country: "DE" })],
  isPaid: true,
  now: 2_000,
  ...patch,
});
const team = (patch: Partial<Purchase> = {}) => bought({ id: "team", quantity: 3, ...patch });
const invitation = (patch: Partial<Invitation> = {}): Invitation => ({
  digest: "digest",
  purchaseId: "team",
  email: null,
  maxUses: 3,
  used: 0,
  createdAt: 1_000,
  ...patch,
});
const seat = (userId: string, digest = "digest") => ({
  digest,
  seat: bought({ id: `seat-${userId}`, userId, seatOf: "team", total: 0 }),
});

for (const server of servers) {
  await describeWith(`sqlCommerce on ${server.name}`, server.isAvailable, () => {
    async function open(): Promise<{ data: SqlCommerce; others: SqlCommerce[] }> {
      const { database, reopen } = await server.make();
      const data = sqlCommerce(database);
      await data.cartOf("nobody");
      return { data, others: [data, sqlCommerce(reopen()), sqlCommerce(reopen())] };
    }

    it("keeps purchases, oldest first, each user's own", async () => {
      const { data } = await open();
      const all = [
        purchase({ id: "b", createdAt: 2 }),
        purchase({ id: "a", createdAt: 1, status: "Restricted", country: "IN", couponId: "c1", upgradedFrom: "x" }),
        purchase({ id: "c", createdAt: 3, status: "Refunded", quantity: 5, seatsUsed: 2, upgradedTo: "y" }),
        purchase({ id: "d", userId: "eve" }),
      ];
      for (const one of all) expect(await data.addPurchase({ purchase: one, entitlements: [] })).toBe("added");
      expect(await data.addPurchase({ purchase: purchase({ id: "d" }), entitlements: [] })).toBe("taken");
      expect(await data.purchasesOf("ada")).toEqual([all[1], all[0], all[2]]);
      expect(await data.purchasesOf("eve")).toEqual([all[3]]);
      expect(await data.purchasesOf("nobody")).toEqual([]);
    });

    it("keeps rights with their purchase", async () => {
      const { data } = await open();
      const entitlements = [right({ country: "IN" }), right({ type: "all", contentIds: [], expiresAt: 5_000 })];
      await data.addPurchase({ purchase: purchase(), entitlements });
      expect(await data.entitlementsOf("ada")).toEqual(entitlements);
      expect(await data.entitlementsOf("eve")).toEqual([]);
    });

    it("keeps carts: a product once, the greater quantity at a merge, the sum when more is added", async () => {
      const { data } = await open();
      await data.mergeCart("ada", [
        { productId: "b", quantity: 2 },
        { productId: "a", quantity: 1 },
      ]);
      await data.mergeCart("ada", [
        { productId: "b", quantity: 1 },
        { productId: "c", quantity: 4 },
      ]);
      await data.mergeCart("ada", [{ productId: "a", quantity: 3 }]);
      await data.addToCart("ada", { productId: "b", quantity: 5 }, 100);
      await data.addToCart("ada", { productId: "c", quantity: 99 }, 100);
      await data.addToCart("ada", { productId: "d", quantity: 1 }, 100);
      await data.setInCart("ada", { productId: "a", quantity: 0 });
      await data.setInCart("ada", { productId: "e", quantity: 6 });
      await data.setInCart("ada", { productId: "e", quantity: 2 });
      await data.setInCart("ada", { productId: "f", quantity: 5 });
      await data.takeFromCart("ada", { productId: "f", quantity: 3 });
      await data.takeFromCart("ada", { productId: "d", quantity: 2 });
      await data.takeFromCart("ada", { productId: "nothing", quantity: 1 });
      await data.addToCart("ada", { productId: "d", quantity: 1 }, 100);
      expect(await data.cartOf("ada")).toEqual([
        { productId: "b", quantity: 7 },
        { productId: "c", quantity: 100 },
        { productId: "d", quantity: 1 },
        { productId: "e", quantity: 2 },
        { productId: "f", quantity: 2 },
      ]);
      expect(await data.cartOf("eve")).toEqual([]);
    });

    it("loses nothing of two carts that are merged at once", async () => {
      const { data, others } = await open();
      const carts = Array.from({ length: 6 }, (_, at) =>
        ["x", "y", "z", `own-${at}`].map((productId) => ({ productId, quantity: at + 1 })),
      );
      await Promise.all(
        carts.map((lines, at) => others[at % 3]?.mergeCart("ada", at % 2 ? [...lines].reverse() : lines)),
      );
      const expected = [...[0, 1, 2, 3, 4, 5].map((at) => [`own-${at}`, at + 1]), ["x", 6], ["y", 6], ["z", 6]];
      expect((await data.cartOf("ada")).map(({ productId, quantity }) => [productId, quantity])).toEqual(expected);
    });

    it("keeps orders", async () => {
      const { data } = await open();
      const made = order({ lines: [line({ name: "Grüße 🎉", discount: "ppp", isRestricted: true })] });
      await data.addOrder(made, 9_000);
      expect(await data.findOrder("o1")).toEqual(made);
      expect(await data.findOrder("o2")).toBeNull();
    });

    it("fulfils an order once: for the same event, for another one, and for a refunded order", async () => {
      const { data } = await open();
      await data.addOrder(order(), 9_000);
      await data.mergeCart("ada", [
        { productId: "course", quantity: 1 },
        { productId: "book", quantity: 1 },
      ]);
      expect(await data.fulfil(fulfilment())).toBe("fulfilled");
      const again = bought({ id: "p2", orderId: "o1" });
      expect(await data.fulfil(fulfilment({ bought: [again] }))).toBe("already");
      expect(await data.fulfil(fulfilment({ bought: [again], eventId: "evt_2" }))).toBe("already");
      expect((await data.purchasesOf("ada")).map(({ id }) => id)).toEqual(["p1"]);
      expect((await data.entitlementsOf("ada")).length).toBe(1);
      expect(await data.cartOf("ada")).toEqual([{ productId: "book", quantity: 1 }]);
      expect((await data.findOrder("o1"))?.status).toBe("paid");
      expect(await data.refund("o1", "evt_3", 3_000)).toBe("refunded");
      expect(await data.fulfil(fulfilment({ bought: [again], eventId: "evt_4" }))).toBe("already");
    });

    it("does not remember the event of an order that is not there", async () => {
      const { data } = await open();
      expect(await data.fulfil(fulfilment())).toBe("missing");
      await data.addOrder(order(), 9_000);
      expect(await data.fulfil(fulfilment())).toBe("fulfilled");
    });

    it("fulfils an order once when the event is told five times at once", async () => {
      const { data, others } = await open();
      await data.addOrder(order(), 9_000);
      const told = Array.from({ length: 5 }, (_, at) =>
        others[at % 3]?.fulfil(fulfilment({ bought: [bought({ id: `p${at}` })], eventId: at < 3 ? "one" : `e${at}` })),
      );
      expect((await Promise.all(told)).filter((result) => result === "fulfilled")).toHaveLength(1);
      expect(await data.purchasesOf("ada")).toHaveLength(1);
    });

    it("counts the coupon of an order once; without a use left a paid order is unfulfilled, and one of nothing as it was", async () => {
      const { data } = await open();
      const discount = { kind: "percentage", percent: 12.5 } as const;
      const coupon = { id: "c1", code: "SAVE", discount, productId: null, maxUses: 1, expiresAt: null };
      expect(await data.addCoupon(coupon)).toBe("added");
      expect(await data.addCoupon({ ...coupon, id: "c2" })).toBe("taken");
      for (const id of ["o1", "o2", "o3"]) await data.addOrder(order({ id }), 9_000);
      const both = [bought({ couponId: "c1" }), bought({ id: "p2", couponId: "c1" })];
      expect(await data.fulfil(fulfilment({ bought: both }))).toBe("fulfilled");
      expect(await data.findCoupon("SAVE")).toEqual({ ...coupon, used: 1 });
      const next = { orderId: "o2", eventId: "evt_2", bought: [bought({ id: "p3", couponId: "c1" })] };
      expect(await data.fulfil(fulfilment({ ...next, isPaid: false }))).toBe("used");
      expect((await data.findOrder("o2"))?.status).toBe("open");
      expect(await data.fulfil(fulfilment(next))).toBe("unfulfilled");
      expect(await data.fulfil(fulfilment(next))).toBe("already");
      expect(await data.fulfil(fulfilment({ ...next, eventId: "evt_3" }))).toBe("already");
      expect((await data.findOrder("o2"))?.status).toBe("unfulfilled");
      expect(await data.purchasesOf("ada")).toHaveLength(2);
      expect((await data.findCoupon("SAVE"))?.used).toBe(1);
      expect(await data.refund("o2", "evt_4", 3_000)).toBe("refunded");
      expect((await data.findOrder("o2"))?.status).toBe("refunded");
    });

    const limited = (patch: object = {}) => ({
      ...{ id: "c1", code: "SAVE", productId: null, maxUses: 1, expiresAt: null },
      discount: { kind: "percentage", percent: 10 } as const,
      ...patch,
    });
    const withCoupon = (id: string, userId: string, createdAt = 1_000) =>
      order({ id, userId, createdAt, lines: [line({ couponId: "c1" })] });
    const paid = (orderId: string, userId: string, now = 2_000) =>
      fulfilment({
        ...{ orderId, userId, now, eventId: `evt_${orderId}` },
        bought: [bought({ id: `p-${orderId}`, userId, orderId, couponId: "c1" })],
      });

    it("holds a use of a coupon for an open order, until its time is over", async () => {
      const { data } = await open();
      await data.addCoupon(limited());
      expect(await data.addOrder(withCoupon("o1", "ada"), 5_000)).toBe("added");
      expect(await data.addOrder(withCoupon("o2", "eve"), 5_000)).toBe("coupon-used");
      expect(await data.findOrder("o2")).toBeNull();
      expect(await data.redeem("c1", bought({ id: "r1", userId: "bob", couponId: "c1" }))).toBe("used");
      expect((await data.findCoupon("SAVE"))?.used).toBe(0);
      expect(await data.addOrder(withCoupon("o3", "eve", 4_999), 9_000)).toBe("coupon-used");
      expect(await data.addOrder(withCoupon("o4", "eve", 5_000), 9_000)).toBe("added");
      // The first one is paid too late, while another holds the use; then the other.
      expect(await data.fulfil(paid("o1", "ada", 6_000))).toBe("unfulfilled");
      expect(await data.fulfil(paid("o4", "eve", 6_000))).toBe("fulfilled");
      expect((await data.findCoupon("SAVE"))?.used).toBe(1);
      expect(await data.addOrder(withCoupon("o5", "bob", 99_000), 99_999)).toBe("coupon-used");
    });

    it("honours a payment that comes too late, where the use is still to be had", async () => {
      const { data } = await open();
      await data.addCoupon(limited({ expiresAt: 3_000 }));
      await data.addOrder(withCoupon("o1", "ada"), 5_000);
      expect(await data.fulfil(paid("o1", "ada", 90_000))).toBe("fulfilled");
      expect((await data.findCoupon("SAVE"))?.used).toBe(1);
    });

    it("gives the use that a user holds to their newest order; the one before it expires, and the first to be paid has it", async () => {
      const { data } = await open();
      await data.addCoupon(limited());
      for (const id of ["o1", "o2", "o3"]) expect(await data.addOrder(withCoupon(id, "ada"), 5_000)).toBe("added");
      const statuses = async () => (await data.ordersOf("ada")).map(({ id, status }) => [id, status]);
      expect(await statuses()).toEqual([
        ["o1", "expired"],
        ["o2", "expired"],
        ["o3", "open"],
      ]);
      expect(await data.fulfil(paid("o2", "ada"))).toBe("fulfilled");
      expect(await data.fulfil(paid("o3", "ada"))).toBe("unfulfilled");
      expect(await statuses()).toEqual([
        ["o1", "expired"],
        ["o2", "paid"],
        ["o3", "unfulfilled"],
      ]);
      expect(await data.ordersOf("eve")).toEqual([]);
    });

    it("holds nothing of a coupon that may be used any number of times", async () => {
      const { data } = await open();
      await data.addCoupon(limited({ maxUses: null }));
      for (const id of ["o1", "o2"]) expect(await data.addOrder(withCoupon(id, "ada"), 5_000)).toBe("added");
      expect((await data.ordersOf("ada")).map(({ status }) => status)).toEqual(["open", "open"]);
      for (const id of ["o1", "o2"]) expect(await data.fulfil(paid(id, "ada"))).toBe("fulfilled");
      expect((await data.findCoupon("SAVE"))?.used).toBe(2);
    });

    it("never holds or uses more than a coupon has, for orders, payments and redemptions at once", async () => {
      const { data, others } = await open();
      await data.addCoupon(limited({ maxUses: 3 }));
      const users = Array.from({ length: 9 }, (_, at) => `user-${at}`);
      const added = await Promise.all(
        users.map((user, at) => others[at % 3]?.addOrder(withCoupon(`o-${user}`, user), 5_000)),
      );
      expect(added.filter((result) => result === "added")).toHaveLength(3);
      const redeemed = others.map((each, at) => each.redeem("c1", bought({ id: `r${at}`, userId: `r${at}` })));
      const held = users.filter((_, at) => added[at] === "added");
      const settled = held.map((user, at) => others[at]?.fulfil(paid(`o-${user}`, user)));
      expect(await Promise.all(settled)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
      expect(await Promise.all(redeemed)).toEqual(["used", "used", "used"]);
      expect((await data.findCoupon("SAVE"))?.used).toBe(3);
    });

    it("marks the purchase that was upgraded, of the same user only, and once", async () => {
      const { data } = await open();
      await data.addPurchase({ purchase: purchase({ id: "old" }), entitlements: [] });
      await data.addPurchase({ purchase: purchase({ id: "hers", userId: "eve" }), entitlements: [] });
      for (const id of ["o1", "o2", "o3"]) await data.addOrder(order({ id }), 9_000);
      await data.fulfil(fulfilment({ bought: [bought({ id: "new", upgradedFrom: "old" })] }));
      const other = [bought({ id: "other", upgradedFrom: "hers" })];
      expect(await data.fulfil(fulfilment({ orderId: "o2", eventId: "evt_2", bought: other }))).toBe("unfulfilled");
      const again = [bought({ id: "again", upgradedFrom: "old" })];
      expect(await data.fulfil(fulfilment({ orderId: "o3", eventId: "evt_3", bought: again }))).toBe("unfulfilled");
      const upgraded = new Map((await data.purchasesOf("ada")).map(({ id, upgradedTo }) => [id, upgradedTo]));
      expect(upgraded).toEqual(
        new Map([
          ["old", "new"],
          ["new", null],
        ]),
      );
      expect((await data.purchasesOf("eve"))[0]?.upgradedTo).toBeNull();
    });

    it("gives the credit of a purchase to one open order at a time, also to orders made at once", async () => {
      const { data, others } = await open();
      await data.addPurchase({ purchase: purchase({ id: "old" }), entitlements: [] });
      const upgrade = (id: string, userId = "ada") => order({ id, userId, lines: [line({ upgradeFrom: "old" })] });
      expect(await data.addOrder(upgrade("hers", "eve"), 5_000)).toBe("credit-used");
      const made = others.map((each, at) => each.addOrder(upgrade(`o${at}`), 5_000));
      expect(await Promise.all(made)).toEqual(["added", "added", "added"]);
      const openOrders = (await data.ordersOf("ada")).filter(({ status }) => status === "open");
      expect(openOrders).toHaveLength(1);
      const told = others.map((each, at) =>
        each.fulfil(
          fulfilment({
            ...{ orderId: `o${at}`, eventId: `evt_${at}` },
            bought: [bought({ id: `new-${at}`, orderId: `o${at}`, upgradedFrom: "old" })],
          }),
        ),
      );
      expect((await Promise.all(told)).sort()).toEqual(["fulfilled", "unfulfilled", "unfulfilled"]);
      expect(await data.purchasesOf("ada")).toHaveLength(2);
      expect(await data.addOrder(upgrade("late"), 5_000)).toBe("credit-used");
    });

    it("refunds an order: its purchases, their seats and their rights", async () => {
      const { data } = await open();
      expect(await data.refund("o1", "evt_0", 3_000)).toBe("missing");
      await data.addOrder(order(), 9_000);
      expect(await data.refund("o1", "evt_0", 3_000)).toBe("missing");
      await data.addPurchase({ purchase: purchase({ id: "old" }), entitlements: [] });
      const all = [bought({ orderId: "o1", upgradedFrom: "old" }), team({ orderId: "o1" })];
      await data.fulfil(fulfilment({ bought: all }));
      await data.addInvitation(invitation(), "ada");
      expect(await data.claimSeat(seat("bob"))).toBe("claimed");
      expect(await data.entitlementsOf("bob")).toHaveLength(1);
      expect(await data.refund("o1", "evt_0", 3_000)).toBe("refunded");
      expect(await data.refund("o1", "evt_0", 3_000)).toBe("already");
      expect(await data.refund("o1", "evt_9", 3_000)).toBe("already");
      const left = [...(await data.purchasesOf("ada")), ...(await data.purchasesOf("bob"))];
      expect(new Set(left.filter(({ id }) => id !== "old").map(({ status }) => status))).toEqual(new Set(["Refunded"]));
      expect(left.find(({ id }) => id === "old")).toMatchObject({ status: "Valid", upgradedTo: null });
      expect([...(await data.entitlementsOf("ada")), ...(await data.entitlementsOf("bob"))]).toEqual([]);
      expect(await data.claimSeat(seat("cleo"))).toBe("full");
      expect(await data.addInvitation(invitation({ digest: "late" }), "ada")).toBe("missing");
    });

    it("lets the owner of a team purchase invite, and nobody else", async () => {
      const { data } = await open();
      await data.addPurchase(team());
      await data.addPurchase(bought({ id: "single" }));
      expect(await data.addInvitation(invitation(), "eve")).toBe("missing");
      expect(await data.addInvitation(invitation({ purchaseId: "single" }), "ada")).toBe("missing");
      expect(await data.findInvitation("digest")).toBeNull();
      expect(await data.addInvitation(invitation({ email: "bob@example.com" }), "ada")).toBe("added");
      const found = await data.findInvitation("digest");
      expect(found).toEqual({ invitation: invitation({ email: "bob@example.com" }), team: team().purchase });
    });

    it("gives a seat to each user once, as often as the invitation says, and no more than there are", async () => {
      const { data } = await open();
      await data.addPurchase(team());
      await data.addInvitation(invitation(), "ada");
      await data.addInvitation(invitation({ digest: "once", maxUses: 1 }), "ada");
      expect(await data.claimSeat(seat("bob", "once"))).toBe("claimed");
      expect(await data.claimSeat(seat("cleo", "once"))).toBe("used");
      expect(await data.claimSeat(seat("bob"))).toBe("already");
      expect(await data.claimSeat(seat("cleo"))).toBe("claimed");
      expect((await data.findInvitation("digest"))?.invitation.used).toBe(1);
      expect(await data.claimSeat(seat("dora"))).toBe("claimed");
      expect(await data.claimSeat(seat("emil"))).toBe("full");
      expect(await data.claimSeat(seat("emil", "unknown"))).toBe("used");
      expect((await data.purchasesOf("ada"))[0]?.seatsUsed).toBe(3);
      expect(await data.entitlementsOf("emil")).toEqual([]);
      expect((await data.claimedSeats("team", "ada"))?.map(({ userId }) => userId).sort()).toEqual([
        "bob",
        "cleo",
        "dora",
      ]);
      expect(await data.claimedSeats("team", "eve")).toBeNull();
      expect(await data.claimedSeats("nothing", "ada")).toBeNull();
    });

    it("never gives more seats than there are, nor two to one user, to claims at once", async () => {
      const { data, others } = await open();
      await data.addPurchase(team());
      await data.addInvitation(invitation({ maxUses: 100 }), "ada");
      const claims = Array.from({ length: 18 }, (_, at) => {
        const { seat: made } = seat(`user-${at % 9}`);
        const own = { ...made.purchase, id: `seat-${at}` };
        return others[at % 3]?.claimSeat({ digest: "digest", seat: { ...made, purchase: own } });
      });
      expect((await Promise.all(claims)).filter((result) => result === "claimed")).toHaveLength(3);
      expect((await data.purchasesOf("ada"))[0]?.seatsUsed).toBe(3);
      expect((await data.findInvitation("digest"))?.invitation.used).toBe(3);
      expect(await data.claimedSeats("team", "ada")).toHaveLength(3);
    });

    it("redeems a coupon once for each user, as often as it may be used, and not after its end", async () => {
      const { data, others } = await open();
      const discount = { kind: "percentage", percent: 100 } as const;
      const coupon = { id: "c1", code: "GIFT", discount, productId: "course", maxUses: 2, expiresAt: 9_000 };
      await data.addCoupon(coupon);
      await data.addCoupon({ ...coupon, id: "c2", code: "ENDED", expiresAt: 1_000 });
      const gift = (userId: string, at: number) => bought({ id: `${userId}-${at}`, userId, couponId: "c1" });
      expect(await data.redeem("c1", gift("ada", 1))).toBe("redeemed");
      expect(await data.redeem("c1", gift("ada", 2))).toBe("already");
      expect((await data.findCoupon("GIFT"))?.used).toBe(1);
      const rest = ["bob", "cleo", "dora"].map((userId, at) => others[at]?.redeem("c1", gift(userId, 1)));
      expect((await Promise.all(rest)).sort()).toEqual(["redeemed", "used", "used"]);
      expect(await data.redeem("c1", gift("ada", 3))).toBe("already");
      expect(await data.redeem("c2", gift("emil", 1))).toBe("used");
      expect(await data.purchasesOf("ada")).toHaveLength(1);
      expect(await data.findCoupon("gift")).toBeNull();
    });

    it("transfers a purchase with its rights and its seats, by its owner only", async () => {
      const { data } = await open();
      await data.addPurchase(bought());
      await data.addPurchase(team());
      await data.addInvitation(invitation(), "ada");
      await data.claimSeat(seat("bob"));
      await data.addPurchase(bought({ id: "back", status: "Refunded" }));
      expect(await data.transfer("p1", "eve", "eve")).toBe("missing");
      expect(await data.transfer("back", "ada", "eve")).toBe("missing");
      expect(await data.transfer("seat-bob", "bob", "eve")).toBe("missing");
      expect(await data.transfer("p1", "ada", "cleo")).toBe("transferred");
      expect(await data.transfer("team", "ada", "cleo")).toBe("transferred");
      expect(await data.transfer("p1", "ada", "dora")).toBe("missing");
      expect((await data.purchasesOf("cleo")).map(({ id }) => id)).toEqual(["p1", "team"]);
      expect(await data.entitlementsOf("cleo")).toHaveLength(1);
      expect((await data.entitlementsOf("ada")).map(({ purchaseId }) => purchaseId)).toEqual(["back"]);
      expect(await data.claimedSeats("team", "cleo")).toHaveLength(1);
      expect(await data.claimedSeats("team", "ada")).toBeNull();
    });
  });
}
