import { isSessionError } from "coatcheck";
import { type Connection, connections, oidc, type Providers } from "coatcheck/connections";
import { z } from "zod";
import { lantern, origin, secrets } from "./settings";
import { places } from "./store";

// Without a library there is no provider, and so no address that would believe one.
const providers: Providers = lantern ? { lantern: oidc({ ...lantern, scope: ["openid", "shelf"] }) } : {};

/** `session.connection("lantern")`: the account at Lantern Library, and its tokens, sealed beside the sessions and always fresh. */
export const lanternConnection = connections({
  store: places().sessions,
  secrets,
  origin,
  failurePath: "/account/connections",
  reauthenticatePath: "/confirm",
  providers,
});

const shelf = z.object({
  reader: z.string(),
  books: z.array(z.object({ title: z.string(), author: z.string() })),
});

/** What somebody has borrowed; `"broken"` where they have to connect the account again, `"unavailable"` where nobody can say. */
export async function shelfOf(connection: Connection): Promise<z.infer<typeof shelf> | "broken" | "unavailable"> {
  try {
    const token = await connection.accessToken();
    let answer = await askLibrary(token);
    if (answer?.status === 401) {
      await connection.discard(token); // taken back before its end, as all of the grant may have been
      answer = await askLibrary(await connection.accessToken());
    }
    const { success, data } = shelf.safeParse(answer?.ok ? await answer.json().catch(() => null) : null);
    return success ? data : "unavailable";
  } catch (error) {
    // Another tab may have disconnected it a moment ago.
    if (isSessionError(error, "CONNECTION_BROKEN", "CONNECTION_MISSING")) return "broken";
    if (isSessionError(error, "CONNECTION_UNAVAILABLE")) return "unavailable";
    throw error;
  }
}

/** The page waits for it, so it may take three seconds. */
function askLibrary(token: string): Promise<Response | null> {
  const headers = { authorization: `Bearer ${token}` };
  const request = { headers, cache: "no-store", signal: AbortSignal.timeout(3_000) } as const;
  return fetch(`${lantern?.issuer}/shelf`, request).catch(() => null);
}
