import { equalInConstantTime, toBase64url } from "../bytes.ts";
import type { Maybe } from "../maybe.ts";
import type { Runtime } from "../runtime.ts";
import { digestOf } from "../token/digest.ts";
import { type Mac, macsOf } from "../token/hmac.ts";
import { familyLength, type RefreshTokenParts } from "../token/refresh-token.ts";

/** Makes refresh tokens, knows its own whatever their age, and derives what takes their place. Asks no store. */
export interface RefreshSeal {
  /** The first token of a new family of a session. */
  first(id: string): Promise<RefreshTokenParts>;
  /** Whether a token was made by us, with any of the secrets. */
  isOurs(parts: RefreshTokenParts): Promise<boolean>;
  /** The token that takes the place of another. Of the same one it is the same, as long as the first secret is. */
  successor(parts: RefreshTokenParts): Promise<RefreshTokenParts>;
  /** The successor whose secret has this digest, derived with whichever secret it was; `null` where it was none of these. */
  successorOf(parts: RefreshTokenParts, digest: string): Promise<RefreshTokenParts | null>;
}

const codeLabel = "coatcheck refresh token v1";
const successorLabel = "coatcheck refresh successor v1";

/**
 * Makes the seal of one configuration. The code is an HMAC over the public parts and the secret. The secret of a successor is an HMAC,
 * under another sub-key, over the same and the presented secret: a dump of the store lacks the secrets of the application and of the
 * client, and an old token alone lacks those of the application.
 */
export function createRefreshSeal(secrets: readonly string[], runtime: Runtime): RefreshSeal {
  const codeMac = macsOf(codeLabel);
  const successorMac = macsOf(successorLabel);

  async function coded(secret: string, parts: Omit<RefreshTokenParts, "code">): Promise<RefreshTokenParts> {
    return { ...parts, code: await sign(await codeMac(secret), parts) };
  }

  async function derive(secret: string, parts: RefreshTokenParts): Promise<RefreshTokenParts> {
    const { id, family, generation } = parts;
    const next = { id, family, generation: generation + 1 };
    const derived = await sign(await successorMac(secret), { ...next, secret: parts.secret });
    return coded(secret, { ...next, secret: derived });
  }

  return {
    first(id) {
      const family = toBase64url(runtime.randomBytes(familyLength));
      const secret = toBase64url(runtime.randomBytes(32));
      return coded(secrets[0] as string, { id, family, generation: 1, secret });
    },
    async isOurs(parts) {
      const codes = await Promise.all(secrets.map((secret) => coded(secret, parts)));
      return codes.map(({ code }) => equalInConstantTime(code, parts.code)).includes(true);
    },
    successor: (parts) => derive(secrets[0] as string, parts),
    async successorOf(parts, digest) {
      for (const secret of secrets) {
        const next = await derive(secret, parts);
        if (equalInConstantTime(await digestOf(next.secret), digest)) return next;
      }
      return null;
    },
  };
}

function sign(mac: Mac, parts: Omit<RefreshTokenParts, "code">): Maybe<string> {
  const { id, family, generation, secret } = parts;
  return mac(JSON.stringify([id, family, generation, secret]));
}
