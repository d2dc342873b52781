import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

// OWASP's first choice for scrypt: 128 MiB for each attempt. https://cheatsheetseries.owasp.org
const cost = { N: 2 ** 17, r: 8, p: 1 };
const maxmem = 256 * 2 ** 20;

/** Makes the text to store: the parameters and the salt travel along, so that they can be raised later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password.normalize("NFC"), salt, 32, { ...cost, maxmem });
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, N, r, p, salt = "", key = ""] = stored.split("$");
  const expected = Buffer.from(key, "base64url");
  const options = { N: Number(N), r: Number(r), p: Number(p), maxmem };
  const given = await derive(password.normalize("NFC"), Buffer.from(salt, "base64url"), expected.length, options);
  return timingSafeEqual(given, expected);
}
