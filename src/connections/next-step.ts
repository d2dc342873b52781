import { type KeptToken, type Link, tokenFor } from "./link.ts";

/** What to do for somebody who asks for an access token. `spare` is one that is good still, until a fresh one is there. */
export type Step =
  | { readonly do: "serve"; readonly token: KeptToken }
  | { readonly do: "refresh"; readonly spare: KeptToken | null }
  | { readonly do: "wait"; readonly spare: KeptToken | null }
  | { readonly do: "give-up"; readonly why: "broken" | "failed"; readonly spare: KeptToken | null };

/** What a step depends on, beside the link. */
export interface Asking {
  /** Which of the link's tokens: see `audienceKey`. */
  readonly key: string;
  readonly now: number;
  /** How long before its end a token counts as due, in milliseconds. */
  readonly ahead: number;
  /** Since when the caller has been waiting: a failure after that was met in their name too. */
  readonly since: number;
}

/** Decides what is to be done. Pure: who asks again a moment later may get another answer. */
export function nextStep(link: Link, { key, now, ahead, since }: Asking): Step {
  const token = tokenFor(link, key);
  const end = token ? (token.expiresAt ?? Number.POSITIVE_INFINITY) : 0;
  if (link.brokenAt !== null) return { do: "give-up", why: "broken", spare: null };
  if (token && now < end - ahead) return { do: "serve", token };
  const spare = token && now < end ? token : null;
  if (link.refresh === null) return spare ? { do: "serve", token: spare } : { do: "give-up", why: "broken", spare };
  if (link.lease && now < link.lease.until) return { do: "wait", spare };
  if (link.failedAt !== null && link.failedAt >= since) return { do: "give-up", why: "failed", spare };
  return { do: "refresh", spare };
}
