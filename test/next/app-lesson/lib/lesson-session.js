import { ability } from "coatcheck/extensions/ability";
import { commerce, testPayments } from "coatcheck/extensions/commerce";
import { memoryProgress, progress } from "coatcheck/extensions/progress";
import { nextSessions } from "coatcheck/next";
import { httpStore, note } from "./http-store.js";

// What is noted without waiting for it is on its way when the extension's first query is noted.
let noted = Promise.resolve();

/** The extension, which tells the test each time it is resolved. */
function counted(extension) {
  return {
    ...extension,
    resolve(session, context) {
      noted = note(`resolve ${extension.name}`);
      return extension.resolve(session, context);
    },
  };
}

/** The data, each of whose questions is told to the test. */
function countedData(data) {
  return new Proxy(data, {
    get:
      (target, method) =>
      async (...args) => {
        await noted;
        await note(`query ${method}`);
        return target[method](...args);
      },
  });
}

const shop = counted(
  commerce({
    data: countedData({
      purchasesOf: async (userId) => [
        {
          id: "p1",
          userId,
          productId: "bread",
          status: "Valid",
          quantity: 1,
          seatOf: null,
          upgradedTo: null,
          createdAt: 1,
        },
      ],
      entitlementsOf: async () => [
        { type: "course", contentIds: ["bread"], expiresAt: null, purchaseId: "p1", country: null },
      ],
    }),
    products: [{ id: "bread", name: "Bread", unitPrice: 4_800, currency: "eur" }],
    country: { always: "FR" },
    payment: testPayments({ path: "/pay", allowInProduction: true }),
  }),
);

const abilities = counted(
  ability({
    needs: [shop],
    async rules({ commerce }) {
      const { course = [] } = await commerce.entitlements();
      await note("query rules");
      return [
        { action: "view", subject: "Lesson", conditions: { course: { $in: course.flatMap((one) => one.contentIds) } } },
      ];
    },
  }),
);

const study = counted(
  progress({
    data: countedData(memoryProgress()),
    courses: async (slug) => {
      await note("query courses");
      return slug === "bread" ? { lessons: [{ id: "flour" }, { id: "water" }] } : null;
    },
  }),
);

export const { getSession, createAuthSession, withSession, handlers, sessions } = nextSessions({
  store: httpStore,
  async user(id) {
    await note("query user");
    return { id, name: `user ${id}` };
  },
  extend: { commerce: shop, ability: abilities, progress: study },
});

/** All that a lesson asks for. */
export async function ask(session) {
  const [able, purchases, hasRight, course] = await Promise.all([
    session.ability,
    session.commerce.purchases(),
    session.commerce.has("course", "bread"),
    session.progress.course("bread"),
  ]);
  return {
    user: session.user?.name ?? null,
    canView: able.can("view", { __typename: "Lesson", course: "bread" }),
    purchases: purchases.length,
    hasRight,
    percent: course.percentCompleted,
  };
}
