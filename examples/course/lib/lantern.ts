import { isSessionError } from "coatcheck";
import { connections, oidc, type Providers } from "coatcheck/connections";
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
  providers,
});

interface Shelf {
  readonly reader: string;
  readonly books: readonly { readonly title: string; readonly author: string }[];
}

/** What somebody has borrowed; `"broken"` where they have to connect the account again, `"unavailable"` where nobody can say. */
export async function shelfOf(accessToken: () => Promise<string>): Promise<Shelf | "broken" | "unavailable"> {
  try {
    const headers = { authorization: `Bearer ${await accessToken()}` };
    const answer = await fetch(`${lantern?.issuer}/shelf`, { headers, cache: "no-store" }).catch(() => null);
    if (answer?.status === 401) return "broken"; // taken back, and the token that we have has not ended yet
    return answer?.ok ? await answer.json() : "unavailable";
  } catch (error) {
    if (isSessionError(error, "CONNECTION_BROKEN")) return "broken";
    if (isSessionError(error, "CONNECTION_UNAVAILABLE")) return "unavailable";
    throw error;
  }
}
