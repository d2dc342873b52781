/** A user as the adapter of the tests keeps them. */
export interface TestUser {
  id: string;
  name?: string | null;
  email: string;
  emailVerified: Date | null;
  image?: string | null;
}

interface TestAccount {
  readonly provider: string;
  readonly providerAccountId: string;
  readonly userId: string;
}

interface Invitation {
  readonly identifier: string;
  readonly token: string;
  readonly expires: Date;
}

/** An adapter of Auth.js that keeps users, accounts and verification tokens in memory, and has no session methods. */
export function memoryUsers() {
  const users = new Map<string, TestUser>();
  const accounts: TestAccount[] = [];
  const invitations: Invitation[] = [];
  const take = <Item>(list: Item[], isIt: (item: Item) => boolean): Item | null => {
    const at = list.findIndex(isIt);
    return at === -1 ? null : (list.splice(at, 1)[0] as Item);
  };
  const isAccount = (asked: Pick<TestAccount, "provider" | "providerAccountId">) => (account: TestAccount) =>
    account.provider === asked.provider && account.providerAccountId === asked.providerAccountId;
  const isInvitation = (asked: Pick<Invitation, "identifier" | "token">) => (invitation: Invitation) =>
    invitation.identifier === asked.identifier && invitation.token === asked.token;
  return {
    users,
    accounts,
    invitations,
    isAccount,
    isInvitation,
    adapter: {
      async createUser(user: TestUser) {
        const created = { ...user, id: user.id ?? crypto.randomUUID() };
        users.set(created.id, created);
        return { ...created };
      },
      async getUser(id: string): Promise<TestUser | null> {
        const found = users.get(id);
        return found ? { ...found } : null;
      },
      async getUserByEmail(email: string) {
        return [...users.values()].find((user) => user.email === email) ?? null;
      },
      async getUserByAccount(asked: Pick<TestAccount, "provider" | "providerAccountId">) {
        const account = accounts.find(isAccount(asked));
        return account ? (users.get(account.userId) ?? null) : null;
      },
      async updateUser(change: Partial<TestUser> & Pick<TestUser, "id">) {
        const updated = { ...(users.get(change.id) as TestUser), ...change };
        users.set(change.id, updated);
        return { ...updated };
      },
      async deleteUser(id: string) {
        users.delete(id);
        while (take(accounts, (account) => account.userId === id));
      },
      async linkAccount(account: TestAccount) {
        accounts.push(account);
      },
      async unlinkAccount(asked: Pick<TestAccount, "provider" | "providerAccountId">) {
        take(accounts, isAccount(asked));
      },
      async createVerificationToken(invitation: Invitation) {
        invitations.push(invitation);
        return invitation;
      },
      useVerificationToken: async (asked: Pick<Invitation, "identifier" | "token">) =>
        take(invitations, isInvitation(asked)),
    },
  };
}
