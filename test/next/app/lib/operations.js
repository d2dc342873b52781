// What a route, an action, a page or the proxy can be asked to do, by name.
export const operations = {
  read: async () => undefined,
  set: (session) => session.set({ step: 1 }),
  cart: (session) => session.update("cart", (cart) => [...(cart ?? []), "apple"]),
  many: (session) =>
    Promise.all(
      [1, 2, 3, 4, 5].map((n) => session.set({ [`key${n}`]: n })).concat(session.update("cart", () => ["plum"])),
    ),
  signin: (session) => session.signIn("ada"),
  rotate: (session) => session.rotate(),
  signout: (session) => session.destroy(),
};
