// What the client and the hooks infer from a configuration. Checked by `npm run check`; never run.
import { z } from "zod";
import { createSessionClient } from "../../src/client/index.ts";
import { createSessions, memoryStore, type PublicView } from "../../src/index.ts";
import { sessionHooks, useSession, useUser } from "../../src/react/index.ts";

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
const is = <Expected extends true>(): Expected => true as Expected;

interface View {
  readonly userId: string;
  readonly user: { readonly name: string };
}

const plain = createSessions({ store: memoryStore() });
const sessions = createSessions({
  store: memoryStore(),
  publicView: async (session): Promise<View> => ({ userId: session.userId ?? "", user: { name: "Ada" } }),
  actions: {
    rename: { input: z.object({ name: z.string() }), handler: async ({ input }) => input.name.length },
    move: { method: "PUT", input: z.object({ to: z.number() }), handler: () => ({ moved: true }) },
    ping: { auth: "anyone", handler: () => "pong" },
  },
});

export async function inferred(): Promise<void> {
  const view = await createSessionClient<typeof sessions>().getSession();
  is<Equal<typeof view, View | null>>();
  const plainView = await createSessionClient<typeof plain>().getSession();
  is<Equal<typeof plainView, PublicView | null>>();

  const client = createSessionClient<typeof sessions>();
  const renamed = await client.action("rename", { name: "Ada" });
  is<Equal<typeof renamed, number>>();
  is<Equal<Awaited<ReturnType<typeof client.action<"ping">>>, string>>();
  await client.action("ping");
  const moved = await client.action("move", { to: 1 }, { method: "PUT" });
  is<Equal<typeof moved, { moved: boolean }>>();
  // @ts-expect-error its method is not POST
  await client.action("move", { to: 1 });
  // @ts-expect-error another input
  await client.action("rename", { name: 1 });
  // @ts-expect-error the input is missing
  await client.action("rename");
  // @ts-expect-error there is no such action
  await client.action("delete");
}

export function Component(): void {
  const session = useSession<typeof sessions>();
  is<Equal<typeof session.data, View | null | undefined>>();
  if (session.status === "authenticated") is<Equal<typeof session.data, View>>();
  if (session.status === "anonymous") is<Equal<typeof session.data, null>>();
  const user = useUser<typeof sessions>();
  is<Equal<typeof user, { readonly name: string } | null | undefined>>();
  const plainUser = useUser<typeof plain>();
  is<Equal<typeof plainUser, { readonly id: string } | null | undefined>>();

  const hooks = sessionHooks<typeof sessions>();
  const typed = hooks.useSession();
  is<Equal<typeof typed.data, View | null | undefined>>();
  // @ts-expect-error a session of another shape
  hooks.SessionProvider({ session: { userId: 1 } });
}
