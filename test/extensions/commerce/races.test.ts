import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openModule, stores } from "../../races/stores.mjs";
import { describeWith } from "../../require-services.ts";
import { line, order, purchase } from "./rows.ts";

// Built by `npm test` before it runs: the processes import what users get.
const worker = fileURLToPath(new URL("races-worker.mjs", import.meta.url));
const size = 4;

type Answer = { number: number; result?: unknown; error?: string };

/** Several processes that share a database. */
class Processes {
  readonly #children: ChildProcess[] = Array.from({ length: size }, () => fork(worker));
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #numbers = 0;

  constructor() {
    for (const child of this.#children) {
      child.on("message", (answer: Answer) => this.#waiting.get(answer.number)?.(answer));
    }
  }

  async ask<Result>(index: number, job: string, args: object): Promise<Result> {
    const number = ++this.#numbers;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(number, resolve));
    this.#children[index]?.send({ number, job, args });
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(error);
    return result as Result;
  }

  everyone(job: string, args: object): Promise<unknown[]> {
    return Promise.all(this.#children.map((_, index) => this.ask(index, job, args)));
  }

  /** Calls a method of the data in one process. */
  async call<Result>(method: string, ...args: unknown[]): Promise<Result> {
    const [result] = await this.ask<[Result]>(0, "call", { method, all: [args] });
    return result;
  }

  /** Calls a method many times at once, from all processes in turn, and gives what the calls answered. */
  async race(method: string, calls: readonly unknown[][]): Promise<unknown[]> {
    const shares = this.#children.map((_, index) => calls.filter((_, at) => at % size === index));
    return (await Promise.all(shares.map((all, index) => this.ask<unknown[]>(index, "call", { method, all })))).flat();
  }

  close(): void {
    for (const child of this.#children) child.disconnect();
  }
}

const many = <Item>(count: number, make: (at: number) => Item): Item[] =>
  Array.from({ length: count }, (_, at) => make(at));
const countOf = (answers: readonly unknown[], answer: string) => answers.filter((each) => each === answer).length;

const invitation = { digest: "digest", purchaseId: "team", email: null, maxUses: 100, used: 0, createdAt: 1_000 };

const percentage = (percent: number) => ({ kind: "percentage", percent });
const gift = { id: "gift", code: "gift", discount: percentage(100), productId: "course", maxUses: 10, expiresAt: null };

/** An order of one user that takes a use of the coupon, and what is told when it is paid. */
const couponOrder = (at: number, createdAt = 1_000) =>
  order({ id: `o${at}`, userId: `user-${at}`, createdAt, lines: [line({ couponId: "gift" })] });
const couponPaid = (at: number, now: number) => {
  const bought = purchase({ id: `p${at}`, userId: `user-${at}`, orderId: `o${at}`, couponId: "gift" });
  const event = { orderId: `o${at}`, eventId: `evt_${at}`, userId: `user-${at}`, isPaid: true, now };
  return [{ ...event, bought: [{ purchase: bought, entitlements: [] }] }];
};

/** What is exact among processes: each answers what it counted, and what it should be. */
const programs: Record<string, (crew: Processes) => Promise<[found: unknown, right: unknown]>> = {
  async "20 seats, 100 claims at once: exactly 20 have one"(crew) {
    await crew.call("addPurchase", { purchase: purchase({ id: "team", quantity: 20 }), entitlements: [] });
    await crew.call("addInvitation", invitation, "ada");
    const claims = many(100, (at) => {
      const seat = purchase({ id: `seat-${at}`, userId: `user-${at}`, seatOf: "team" });
      return [{ digest: "digest", seat: { purchase: seat, entitlements: [] } }];
    });
    const answers = await crew.race("claimSeat", claims);
    const seats = await crew.call<unknown[]>("claimedSeats", "team", "ada");
    return [
      [countOf(answers, "claimed"), countOf(answers, "full"), seats.length],
      [20, 80, 20],
    ];
  },

  async "one payment, told 5 times by as many events and 20 times by one: exactly one purchase"(crew) {
    await crew.call("addOrder", order(), 9_000);
    const told = many(25, (at) => {
      const bought = [{ purchase: purchase({ id: `p${at}`, orderId: "o1" }), entitlements: [] }];
      const eventId = at < 5 ? `evt_${at}` : "evt";
      return [{ orderId: "o1", eventId, userId: "ada", bought, isPaid: true, now: 2_000 }];
    });
    const answers = await crew.race("fulfil", told);
    const owned = await crew.call<unknown[]>("purchasesOf", "ada");
    return [
      [countOf(answers, "fulfilled"), countOf(answers, "already"), owned.length],
      [1, 24, 1],
    ];
  },

  async "a coupon for 10, redeemed by 60 at once: exactly 10 have the product"(crew) {
    await crew.call("addCoupon", gift);
    const redemptions = many(60, (at) => {
      const bought = purchase({ id: `p${at}`, userId: `user-${at}`, couponId: "gift" });
      return ["gift", { purchase: bought, entitlements: [] }];
    });
    const answers = await crew.race("redeem", redemptions);
    const { used } = await crew.call<{ used: number }>("findCoupon", "gift");
    return [
      [countOf(answers, "redeemed"), countOf(answers, "used"), used],
      [10, 50, 10],
    ];
  },

  async "a coupon for 10, in 40 orders at once that are all paid: exactly 10 are made, and have their price"(crew) {
    await crew.call("addCoupon", gift);
    const made = await crew.race(
      "addOrder",
      many(40, (at) => [couponOrder(at), 9_000]),
    );
    const answers = await crew.race(
      "fulfil",
      many(40, (at) => couponPaid(at, 2_000)),
    );
    const { used } = await crew.call<{ used: number }>("findCoupon", "gift");
    return [
      [countOf(made, "added"), countOf(made, "coupon-used"), countOf(answers, "fulfilled"), used],
      [10, 30, 10, 10],
    ];
  },

  async "a coupon for 10, in 25 orders that are all paid when their time is over: exactly 10 are fulfilled"(crew) {
    await crew.call("addCoupon", gift);
    for (const [at, createdAt] of many(25, (at) => [at, 1_000 + at] as const)) {
      await crew.call("addOrder", couponOrder(at, createdAt), createdAt + 1);
    }
    const answers = await crew.race(
      "fulfil",
      many(25, (at) => couponPaid(at, 2_000)),
    );
    const { used } = await crew.call<{ used: number }>("findCoupon", "gift");
    return [
      [countOf(answers, "fulfilled"), countOf(answers, "unfulfilled"), used],
      [10, 15, 10],
    ];
  },

  async "a credit in 12 orders at once that are all paid: exactly one is open, and one has it"(crew) {
    await crew.call("addPurchase", { purchase: purchase({ id: "old" }), entitlements: [] });
    await crew.race(
      "addOrder",
      many(12, (at) => [order({ id: `o${at}`, lines: [line({ upgradeFrom: "old" })] }), 9_000]),
    );
    const orders = await crew.call<{ status: string }[]>("ordersOf", "ada");
    const told = many(12, (at) => {
      const bought = purchase({ id: `p${at}`, orderId: `o${at}`, upgradedFrom: "old" });
      const event = { orderId: `o${at}`, eventId: `evt_${at}`, userId: "ada", isPaid: true, now: 2_000 };
      return [{ ...event, bought: [{ purchase: bought, entitlements: [] }] }];
    });
    const answers = await crew.race("fulfil", told);
    const isOpen = ({ status }: { status: string }) => status === "open";
    return [
      [orders.length, orders.filter(isOpen).length, countOf(answers, "fulfilled"), countOf(answers, "unfulfilled")],
      [12, 1, 1, 11],
    ];
  },

  async "80 pieces added to one cart at once, and 16 carts merged into it: nothing is lost"(crew) {
    await crew.race(
      "addToCart",
      many(80, () => ["ada", { productId: "sum", quantity: 1 }, 10_000]),
    );
    const carts = many(16, (at) => [
      "ada",
      [
        { productId: "greatest", quantity: at + 1 },
        { productId: `own-${at}`, quantity: 1 },
      ],
    ]);
    await crew.race("mergeCart", carts);
    const lines = await crew.call<{ productId: string; quantity: number }[]>("cartOf", "ada");
    const quantityOf = (id: string) => lines.find(({ productId }) => productId === id)?.quantity;
    return [
      [lines.length, quantityOf("sum"), quantityOf("greatest")],
      [18, 80, 16],
    ];
  },
};

for (const store of ["sqlite", "postgres", "mysql"] as const) {
  await describeWith(`commerce in four processes on ${store}`, stores[store].isAvailable, () => {
    let crew: Processes;
    beforeAll(() => {
      crew = new Processes();
    });
    afterAll(() => crew.close());

    async function run(name: string, isBroken: boolean): Promise<[unknown, unknown]> {
      const { makeTarget } = await openModule(store);
      const { target, remove } = await makeTarget();
      try {
        await crew.ask(0, "open", { store, target, isBroken });
        await Promise.all([1, 2, 3].map((index) => crew.ask(index, "open", { store, target, isBroken })));
        return (await programs[name]?.(crew)) ?? [null, "no such program"];
      } finally {
        await crew.everyone("leave", {});
        await remove();
      }
    }

    for (const name of Object.keys(programs)) {
      it(name, async () => {
        const [found, right] = await run(name, false);
        expect(found).toEqual(right);
      });

      it(`the control looks first and then does, and is found out: ${name}`, async () => {
        const [found, right] = await run(name, true);
        expect(found).not.toEqual(right);
      });
    }
  });
}
