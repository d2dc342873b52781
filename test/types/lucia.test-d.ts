// Types that the facade for Lucia infers, and calls that must not compile. Checked by `npm run check`; never run.
import { Lucia, type SessionOf, type UserOf } from "../../src/adapters/lucia/index.ts";
import { memoryStore } from "../../src/index.ts";

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
const is = <Expected extends true>(): Expected => true as Expected;

declare function findUser(id: string): Promise<{ name: string; hash: string } | null>;

const lucia = new Lucia(memoryStore(), {
  user: (userId) => findUser(userId),
  getUserAttributes: ({ name }) => ({ name }),
  getSessionAttributes: ({ country }: { country: string }) => ({ country }),
  readUserId: Number,
});

export async function inferred(): Promise<void> {
  const created = await lucia.createSession(7, { country: "uk" });
  is<Equal<typeof created.country, string>>();
  is<Equal<typeof created.userId, number>>();
  is<Equal<SessionOf<typeof lucia>["expiresAt"], Date>>();
  is<Equal<UserOf<typeof lucia>["name"], string>>();
  const { session, user } = await lucia.validateSession(created.id);
  if (session) is<Equal<typeof user.id, number>>();
  const [listed] = await lucia.getUserSessions(7);
  is<Equal<typeof listed, SessionOf<typeof lucia> | undefined>>();

  // @ts-expect-error: the user ids are numbers
  await lucia.createSession("7", { country: "uk" });
  // @ts-expect-error: an attribute is missing
  await lucia.createSession(7, {});
  // @ts-expect-error: nobody chooses the id of a session
  await lucia.createSession(7, { country: "uk" }, { sessionId: "chosen" });
  // @ts-expect-error: not shown by getUserAttributes
  user?.hash;
}
