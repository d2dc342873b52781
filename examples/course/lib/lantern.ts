import { isSessionError } from "coatcheck";
import { connections, oidc } from "coatcheck/connections";
import { lantern, origin, secrets } from "./settings";
import { places } from "./store";

/** `session.connection("lantern")`: the account at Lantern Library, and its tokens, sealed beside the sessions and always fresh. */
export const lanternConnection = connections({
  store: places().sessions,
  secrets,
  origin,
  failurePath: "/account/connections",
  reauthenticatePath: "/confirm",
  providers: {
    lantern: oidc({ ...(lantern ?? { issuer: "http://127.0.0.1", clientId: "none" }), scope: ["openid", "shelf"] }),
  },
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
