// Extensions whose types must be inferred, and uses that must not compile. Checked by `npm run check`; never run.
import { z } from "zod";
import { nextSessions } from "../../src/adapters/next/index.ts";
import { createSessions, defineExtension, type InferActions, type InferView, memoryStore } from "../../src/index.ts";

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
const is = <Expected extends true>(): Expected => true as Expected;

const purchases = defineExtension({
  name: "purchases",
  resolve: async (session: { readonly userId: string | null }) => (session.userId ? ["a", "b"] : []),
});

const progress = defineExtension({
  name: "progress",
  needs: [purchases],
  data: { done: z.array(z.string()).default([]), at: z.number().optional() },
  keep: { done: (anonymous: string[], current: string[]) => [...anonymous, ...current] },
  async resolve(session, context) {
    is<Equal<typeof session.purchases, Promise<string[]>>>();
    is<Equal<typeof context.data.done, string[]>>();
    is<Equal<typeof context.data.at, number | undefined>>();
    // @ts-expect-error no key of its own
    context.data.cart;
    const complete = (id: string) => context.update("done", (done) => [...done, id]);
    // @ts-expect-error not what the schema takes
    const wrong = () => context.set({ done: 1 });
    return { owned: await session.purchases, complete, wrong };
  },
  publicView: (value) => ({ count: value.owned.length }),
  actions: {
    complete: {
      input: z.object({ lesson: z.string() }),
      async handler({ session, input }) {
        is<Equal<typeof input, { lesson: string }>>();
        const { complete } = await session.progress;
        await session.signOut();
        return complete(input.lesson);
      },
    },
  },
});

const sessions = createSessions({
  store: memoryStore(),
  data: { cart: z.array(z.number()).default([]) },
  user: (id) => ({ id, name: "Ada" }),
  keep: { cart: "keep" },
  extend: {
    purchases,
    progress,
    total: (session) => {
      is<Equal<typeof session.data.cart, number[]>>();
      return session.data.cart.length;
    },
    label: { resolve: (session) => session.user?.name, fallback: () => undefined },
  },
  actions: { rename: { input: z.object({ to: z.string() }), handler: ({ input }) => input.to } },
});

/** An extension is typed on the session, by what its resolve returns. */
export async function typedOnTheSession(): Promise<void> {
  const session = await sessions.validate("");
  if (!session) return;
  is<Equal<typeof session.purchases, Promise<string[]>>>();
  const { owned } = await session.progress;
  is<Equal<typeof owned, string[]>>();
  is<Equal<typeof session.total, number>>();
  is<Equal<typeof session.label, string | undefined>>();
  // @ts-expect-error the application's data has no key of an extension
  session.data.done;
}

type View = InferView<typeof sessions>;

/** What extensions show is part of the view, and may be absent. */
export function shownOrAbsent(view: View): void {
  is<Equal<typeof view.progress, { count: number } | undefined>>();
  is<Equal<typeof view.userId, string>>();
  // @ts-expect-error it shows nothing
  view.purchases;
}

/** The actions of extensions are the client's, too. */
export function actionsOfExtensions(): void {
  type Actions = InferActions<typeof sessions>;
  is<Equal<Actions["complete"]["input"], { lesson: string }>>();
  is<Equal<Actions["complete"]["output"], string[]>>();
  is<Equal<Actions["rename"]["output"], string>>();
}

const next = nextSessions({ store: memoryStore(), extend: { purchases, progress } });

/** The same through nextSessions. */
export async function throughNext(): Promise<void> {
  const session = await next.requireUser();
  const { owned } = await session.progress;
  is<Equal<typeof owned, string[]>>();
  is<Equal<InferView<typeof next.sessions>["progress"], { count: number } | undefined>>();
}

const plain = createSessions({ store: memoryStore(), publicView: (session) => ({ id: session.id }) });

/** Without extensions the view and the actions are what they were. */
export function withoutExtensions(): void {
  is<Equal<InferView<typeof plain>, { id: string | null }>>();
  is<Equal<keyof InferActions<typeof plain>, never>>();
}

// @ts-expect-error what it needs must be an extension
defineExtension({ name: "broken", needs: ["purchases"], resolve: () => 1 });
