import { SessionDataError } from "../../errors.ts";
import { isPromise } from "../../maybe.ts";
import type { SessionData } from "./pages-session.ts";

/** Where the outstanding CSRF tokens are kept, as digests. */
export const tokensKey = "csrfTokens";

/** Where next-server-session keeps the one token that it knows. Plug-in stores may hold sessions that it began. */
export const formerTokenKey = "csrfToken";

const reserved = new Set([tokensKey, formerTokenKey]);

/** Whether a key is one of ours, which the application neither sees nor writes. */
export function isReserved(key: string): boolean {
  return reserved.has(key);
}

/** Refuses what is not an object of keys and values, and the keys that are ours. */
export function checkData(data: unknown): SessionData {
  if (data === undefined) throw unfit("No session data given.", "Pass it after the context, or after req and res.");
  if (!isPlainObject(data)) throw unfit("The session data is not an object of keys and values.", "Pass { cart }, say.");
  const taken = Object.keys(data).find(isReserved);
  if (taken === undefined) return data;
  throw unfit(
    `The key "${taken}" belongs to getCSRFToken.`,
    "Pick the keys to store; never store a request's body whole.",
  );
}

/** The keys to merge that a change comes to. `read` gives the present data, for a function to work on. */
export function patchOf(change: unknown, read: () => SessionData): SessionData {
  if (typeof change !== "function") return checkData(change);
  const patch: unknown = change(read());
  if (!isPromise(patch)) return checkData(patch);
  Promise.resolve(patch).catch(() => undefined); // it is refused, whatever becomes of it
  throw unfit(
    "The function given to setSessionData returned a promise.",
    "It must be synchronous, since it runs again when another request was quicker: await first, change then.",
  );
}

/** The name of a property to pluck. */
export function checkName(name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw unfit("No propertyName given.", "Pass it after the context, or after req and res.");
}

/** A deep copy of the application's part of the data: what the caller changes in it changes nothing else. */
export function copyOf(data: object): SessionData {
  const copy: SessionData = {};
  for (const key of Object.keys(data)) {
    if (isReserved(key) || key === "__proto__") continue;
    const value = (data as SessionData)[key];
    if (value !== undefined) copy[key] = structuredClone(value);
  }
  return copy;
}

function isPlainObject(value: unknown): value is SessionData {
  if (Object.prototype.toString.call(value) !== "[object Object]") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function unfit(what: string, hint: string): SessionDataError {
  return new SessionDataError("DATA_INVALID", what, { hint });
}
