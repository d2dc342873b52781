// Connections whose types must be inferred, and uses that must not compile. Checked by `npm run check`; never run.
import { nextSessions } from "../../src/adapters/next/index.ts";
import { type Connection, connections, github, oidc } from "../../src/connections/index.ts";
import { createSessions, type InferActions, memoryStore } from "../../src/index.ts";

type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
const is = <Expected extends true>(): Expected => true as Expected;

const store = memoryStore();
const connection = connections({
  ...{ store, secrets: ["a secret"], origin: "https://shop.example" },
  providers: {
    github: github({ clientId: "a", clientSecret: "b" }),
    corp: oidc({ issuer: "https://id.corp.example", clientId: "a" }),
  },
  onSignIn({ provider, subject, claims }) {
    is<Equal<typeof provider, "github" | "corp">>();
    is<Equal<typeof subject, string>>();
    // @ts-expect-error what a provider says has to be looked at
    const email: string = claims.email;
    return { userId: email, amr: ["fed"] };
  },
});

is<Equal<ReturnType<typeof connection.of>, Connection<"github" | "corp">>>();
// @ts-expect-error no such provider
connection.of("u1", "google");

const sessions = createSessions({ store, extend: { connection } });
const { getSession } = nextSessions({ store, extend: { connection } });

export async function page(): Promise<void> {
  const session = await getSession();
  is<Equal<Awaited<ReturnType<ReturnType<typeof session.connection>["accessToken"]>>, string>>();
  await session.connection("corp").accessToken({ resource: "https://api.example" });
  // @ts-expect-error no such provider
  session.connection("google");
  const [linked] = await session.connection.list();
  is<Equal<NonNullable<typeof linked>["provider"], "github" | "corp">>();
}

type Actions = InferActions<typeof sessions>;
is<Equal<Actions["unlink-account"]["output"], { unlinked: boolean }>>();
is<Equal<Actions["linked-accounts"]["method"], "GET">>();
is<Equal<Actions["link-account"]["input"]["provider"], string>>();

// @ts-expect-error without secrets nothing could be sealed
connections({ store, origin: "https://shop.example", providers: {} });
