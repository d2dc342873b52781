// The negative control: data that looks first and then does, as one would write it without a thought of others. Every race must
// find that out.

/** Breaks each promise of exactness of a {@link CommerceData}. */
export function brokenCommerce(data) {
  return {
    ...data,
    async claimSeat({ digest, seat }) {
      const { team } = await data.findInvitation(digest);
      const taken = await data.claimedSeats(team.id, team.userId);
      if (taken.length >= team.quantity) return "full";
      await data.addPurchase(seat);
      return "claimed";
    },
    async addOrder(order, heldUntil) {
      for (const { couponId } of order.lines) {
        const coupon = couponId && (await data.findCoupon(couponId));
        if (coupon && coupon.used >= coupon.maxUses) return "coupon-used";
      }
      const lines = order.lines.map((line) => ({ ...line, couponId: null, upgradeFrom: null }));
      return data.addOrder({ ...order, lines }, heldUntil);
    },
    async fulfil({ orderId, bought }) {
      const order = await data.findOrder(orderId);
      if ((await data.purchasesOf(order.userId)).some((purchase) => purchase.orderId === orderId)) return "already";
      for (const one of bought) await data.addPurchase(one);
      return "fulfilled";
    },
    async addToCart(userId, { productId, quantity }, most) {
      const present = (await data.cartOf(userId)).find((line) => line.productId === productId)?.quantity ?? 0;
      await data.setInCart(userId, { productId, quantity: Math.min(present + quantity, most) });
    },
    async mergeCart(userId, lines) {
      const present = await data.cartOf(userId);
      for (const { productId, quantity } of lines) {
        const before = present.find((line) => line.productId === productId)?.quantity ?? 0;
        await data.setInCart(userId, { productId, quantity: Math.max(before, quantity) });
      }
    },
    async redeem(couponId, bought) {
      const coupon = await data.findCoupon(couponId);
      const owned = await data.purchasesOf(bought.purchase.userId);
      if (owned.some((purchase) => purchase.couponId === couponId)) return "already";
      if (coupon.used >= coupon.maxUses) return "used";
      await data.addPurchase(bought);
      return "redeemed";
    },
  };
}
