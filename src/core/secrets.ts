import { utf8Length } from "../bytes.ts";
import type { Problem } from "../cookie/rules.ts";

/** How long a secret has to be, in bytes. */
const leastBytes = 32;

/** What is wrong with secrets: a problem for each that is too short, or none at all. `given` are they with their names. */
export function weakSecrets(given: Iterable<readonly [name: string, secret: unknown]>): Problem[] {
  return [...given]
    .map(([name, secret]) => ({ name, bytes: typeof secret === "string" ? utf8Length(secret) : 0 }))
    .filter(({ bytes }) => bytes < leastBytes)
    .map(({ name, bytes }) => ({
      code: "CONFIG_SECRET_WEAK",
      message: `${name} has ${bytes} bytes, at least ${leastBytes} are needed.`,
      hint: 'Make one with "openssl rand -base64 32".',
    }));
}

/** The entries of the option `secrets` with their names. */
export function namedSecrets(secrets: readonly unknown[]): [name: string, secret: unknown][] {
  return secrets.map((secret, index) => [`secrets[${index}]`, secret]);
}
