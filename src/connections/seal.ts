import { base64url, FlattenedEncrypt, flattenedDecrypt } from "jose";
import { type Mac, macOf } from "../token/hmac.ts";
import { sealingKey } from "../token/subkey.ts";

/** A secret of the application, as the keys that are derived from it. */
interface Key {
  /** Tells which secret it was; nothing of the secret can be learned from it. */
  readonly id: string;
  readonly sealing: CryptoKey;
  readonly flow: Mac;
}

/**
 * Seals texts so that a copy of the store is worth nothing: AES-256-GCM as a JWE (`dir`, RFC 7516), bound to its place. What was
 * sealed for one place does not open in another one.
 */
export interface Seal {
  /** Seals a text for its place, with the first secret. */
  seal(text: string, place: readonly string[]): Promise<string>;
  /** Opens what was sealed for the place, with whichever secret; `null` where it is not to be opened. */
  open(sealed: string, place: readonly string[]): Promise<string | null>;
  /** Whether the first secret has sealed it. */
  isCurrent(sealed: string): Promise<boolean>;
  /** The id of the first secret. */
  keyId(): Promise<string>;
  /** A text of 43 characters that follows from a secret and `parts`, and cannot be guessed; `null`: no such secret. */
  derive(keyId: string, parts: readonly string[]): Promise<string | null>;
}

/** The header, no key, 96 bits of nonce, the text, 128 bits of tag: a shorter tag is refused here already. */
const grammar = /^([\w-]+)\.\.([\w-]{16})\.([\w-]*)\.([\w-]{22})$/;

/** Makes the seal of some secrets: the first seals, all of them open. */
export function createSeal(secrets: readonly string[]): Seal {
  let made: Promise<readonly Key[]> | undefined;
  const keys = () => {
    made ??= Promise.all(secrets.map(keyOf));
    return made;
  };
  const first = async () => (await keys())[0] as Key;

  return {
    async seal(text, place) {
      const { id, sealing } = await first();
      const {
        protected: header,
        iv,
        ciphertext,
        tag,
      } = await new FlattenedEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: id })
        .setAdditionalAuthenticatedData(placed(place))
        .encrypt(sealing);
      return `${header}..${iv}.${ciphertext}.${tag}`;
    },
    async open(sealed, place) {
      const [, header, iv, ciphertext, tag] = grammar.exec(sealed) ?? [];
      const id = keyIdIn(header);
      const key = (await keys()).find((one) => one.id === id);
      if (!key || iv === undefined || !isExact(ciphertext) || !isExact(tag)) return null;
      const jwe = { protected: header as string, iv, ciphertext, tag, aad: base64url.encode(placed(place)) };
      const rules = { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] };
      const opened = await flattenedDecrypt(jwe, key.sealing, rules).catch(() => null);
      return opened && new TextDecoder().decode(opened.plaintext);
    },
    async isCurrent(sealed) {
      return keyIdIn(grammar.exec(sealed)?.[1]) === (await first()).id;
    },
    async keyId() {
      return (await first()).id;
    },
    async derive(keyId, parts) {
      const key = (await keys()).find(({ id }) => id === keyId);
      return key ? key.flow(JSON.stringify(parts)) : null;
    },
  };
}

async function keyOf(secret: string): Promise<Key> {
  const [sealing, flow, naming] = await Promise.all([
    sealingKey(secret, "coatcheck connection tokens v1"),
    macOf(secret, "coatcheck connection flow v1"),
    macOf(secret, "coatcheck connection key id v1"),
  ]);
  return { id: (await naming("id")).slice(0, 11), sealing, flow };
}

/** Whether a text is the one spelling of its bytes: the last character may have bits to spare. */
function isExact(text: string | undefined): text is string {
  return text !== undefined && text.length % 4 !== 1 && base64url.encode(base64url.decode(text)) === text;
}

function placed(place: readonly string[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(place));
}

function keyIdIn(header: string | undefined): unknown {
  if (header === undefined) return undefined;
  try {
    return (JSON.parse(new TextDecoder().decode(base64url.decode(header))) as { readonly kid?: unknown }).kid;
  } catch {
    return undefined;
  }
}
