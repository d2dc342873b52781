import { encodeLine } from "./text.ts";

/** The keys of one store. Nothing but these is ever touched. */
export interface Keys {
  session(id: string): string;
  /** The index of a user, from the line that the packed field keeps of it. */
  user(userLine: string): string;
}

/**
 * Makes the keys under a prefix. Colons in what comes last are escaped, so that no two stores share a key, even if the prefix
 * of one begins with that of the other.
 */
export function createKeys(prefix: string): Keys {
  return {
    session: (id) => `${prefix}s:${plain.test(id) ? id : escaped(encodeLine(id))}`,
    user: (userLine) => `${prefix}u:${escaped(userLine)}`,
  };
}

const plain = /^[\w-]+$/;
const special = /[%:]/;

function escaped(text: string): string {
  return special.test(text) ? text.replaceAll("%", "%25").replaceAll(":", "%3A") : text;
}
