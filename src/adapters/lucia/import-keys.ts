import { toBase64url } from "../../bytes.ts";
import { namedSecrets, weakSecrets } from "../../core/secrets.ts";
import { SessionConfigError } from "../../errors.ts";

/** What names the record of an import, and what a session's secret is made of. */
export interface ImportKeys {
  /** The id under which the import of a Lucia session is recorded. It tells nothing of the session. */
  claimId(luciaId: string): Promise<string>;
  /** The id of the session that an attempt to import makes. */
  sessionId(luciaId: string, attempt: number): Promise<string>;
  /** Every secret that the session of an import may have: one for each key, that of the first key first. */
  secrets(luciaId: string, sessionId: string, nonce: string): Promise<readonly string[]>;
}

const encoder = new TextEncoder();

/**
 * Makes the keys of an importer.
 *
 * The secret of a session that comes from Lucia must be the same in every process that imports it, so that requests which
 * race are all given one cookie; and nobody who finds an old id in a backup may be able to make it. So it is derived, with
 * HKDF, from a key that only the application has, from the old id, and from a nonce of the import.
 *
 * @throws {@link SessionConfigError} `CONFIG_SECRET_MISSING`, `CONFIG_SECRET_WEAK`
 * @see {@link https://www.rfc-editor.org/rfc/rfc5869 RFC 5869: HKDF}
 */
export function createImportKeys(secrets: readonly string[]): ImportKeys {
  checkSecrets(secrets);
  const keys = secrets.map((secret) => once(() => importKey(secret)));
  const idOf = async (...parts: string[]) => {
    const digest = await crypto.subtle.digest("SHA-256", encoder.encode(JSON.stringify(["coatcheck/lucia", ...parts])));
    return toBase64url(new Uint8Array(digest, 0, 16));
  };
  return {
    claimId: (luciaId) => idOf("claim", luciaId),
    sessionId: (luciaId, attempt) => idOf("session", luciaId, String(attempt)),
    secrets: (...parts) => Promise.all(keys.map(async (key) => derive(await key(), parts))),
  };
}

async function derive(key: CryptoKey, parts: readonly string[]): Promise<string> {
  const info = encoder.encode(JSON.stringify(["coatcheck/lucia/secret", ...parts]));
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    key,
    256,
  );
  return toBase64url(new Uint8Array(bits));
}

function importKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveBits"]);
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function checkSecrets(secrets: readonly string[] | undefined): void {
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw new SessionConfigError("CONFIG_SECRET_MISSING", "luciaImporter was given no secrets.", {
      hint: 'Pass secrets: [process.env.SESSION_SECRET], made with "openssl rand -base64 32".',
    });
  }
  const [weak] = weakSecrets(namedSecrets(secrets));
  if (weak) throw new SessionConfigError(weak.code, weak.message, { hint: weak.hint });
}
