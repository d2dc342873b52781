// The application's users, in the memory of its process: Next evaluates this file once for each layer of the application.
const shared = Symbol.for("coatcheck.test.users");

globalThis[shared] ??= {
  users: new Map([["ada", { id: "ada", name: "Ada", email: "ada@shop.example", emailVerified: null }]]),
  accounts: [],
};

export const { users, accounts } = globalThis[shared];

const isAccount = (asked) => (account) =>
  account.provider === asked.provider && account.providerAccountId === asked.providerAccountId;

export const usersAdapter = {
  async createUser(user) {
    const created = { ...user, id: `from-${user.email}` };
    users.set(created.id, created);
    return created;
  },
  getUser: async (id) => users.get(id) ?? null,
  getUserByEmail: async (email) => [...users.values()].find((user) => user.email === email) ?? null,
  async getUserByAccount(asked) {
    const account = accounts.find(isAccount(asked));
    return account ? (users.get(account.userId) ?? null) : null;
  },
  async updateUser(change) {
    const updated = { ...users.get(change.id), ...change };
    users.set(change.id, updated);
    return updated;
  },
  async linkAccount(account) {
    accounts.push(account);
  },
};

export const authorize = async ({ id, password }) => (password === "lovelace" ? (users.get(id) ?? null) : null);
