import { equalInConstantTime, toBase64url } from "../bytes.ts";
import { SessionConfigError, SessionDataError } from "../errors.ts";
import type { Runtime } from "../runtime.ts";
import { macsOf } from "../token/hmac.ts";

/** What a token is bound to: the session and the identity it had; a visitor without a session has neither. */
export type TokenHolder = { readonly id: string; readonly generation: number } | null;

/** Makes and verifies the synchronizer tokens of forms. Neither asks the store. */
export interface CsrfTokens {
  issue(holder: TokenHolder, form: string | undefined): Promise<string>;
  verify(token: unknown, holder: TokenHolder, form: string | undefined): Promise<boolean>;
}

const label = "coatcheck csrf token v1";

/** 16 random bytes and the 32 of an HMAC, in base64url without padding. */
const grammar = /^[\w-]{22}[\w-]{43}$/;
const nonceLength = 22;

/**
 * Makes the tokens of one configuration: a random nonce, and an HMAC of it with the session's id, its generation and the
 * name of the form. Since the nonce differs each time, so does all of the token, and nothing in the page repeats for an
 * attack by compression (BREACH) to guess at. The first secret signs, all verify.
 *
 * @see {@link https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html OWASP: CSRF prevention}
 */
export function createCsrfTokens(secrets: readonly string[], runtime: Runtime): CsrfTokens {
  const macOf = macsOf(label);

  async function sign(secret: string, nonce: string, holder: TokenHolder, form: string): Promise<string> {
    const text = JSON.stringify([nonce, holder?.id ?? null, holder?.generation ?? null, form]);
    return (await macOf(secret))(text);
  }

  return {
    async issue(holder, given) {
      const form = checkForm(given);
      const nonce = toBase64url(runtime.randomBytes(16));
      return nonce + (await sign(secrets[0] as string, nonce, holder, form));
    },
    async verify(token, holder, given) {
      const form = checkForm(given);
      if (typeof token !== "string" || !grammar.test(token)) return false;
      const nonce = token.slice(0, nonceLength);
      const macs = await Promise.all(secrets.map((secret) => sign(secret, nonce, holder, form)));
      return macs.map((mac) => equalInConstantTime(mac, token.slice(nonceLength))).includes(true);
    },
  };
}

/** The tokens of a configuration that has secrets. */
export function csrfTokensOf({ csrfTokens }: { readonly csrfTokens: CsrfTokens | null }): CsrfTokens {
  if (csrfTokens) return csrfTokens;
  throw new SessionConfigError("CONFIG_SECRET_MISSING", "Synchronizer tokens need secrets, and there are none.", {
    hint: "Pass secrets: [process.env.SESSION_SECRET].",
  });
}

function checkForm(form: unknown): string {
  if (form === undefined) return "";
  if (typeof form === "string" && form.length <= 256) return form;
  throw new SessionDataError("DATA_INVALID", "The form of a CSRF token is not a text of at most 256 characters.", {
    hint: 'Name it like "checkout", the same in csrfToken and in verifyCsrfToken.',
  });
}
