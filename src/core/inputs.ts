import { SessionDataError } from "../errors.ts";
import { isPromise } from "../maybe.ts";
import { encodeJson } from "./json.ts";

/** Refuses what cannot be a user id: ids are kept as text, compared exactly, and never normalised. */
export function checkUserId(userId: unknown): string {
  if (typeof userId === "string" && userId.length > 0 && userId.length <= 255 && !/[\p{Cc}\p{Cs}]/u.test(userId))
    return userId;
  throw new SessionDataError(
    "DATA_INVALID",
    "userId is not a text of 1 to 255 characters without control characters.",
    {
      hint: "Pass the stable id of the user as a string, such as String(user.id).",
    },
  );
}

/** Refuses the promise that an application's function gave where its result is needed at once. */
export function synchronous<Value>(name: string, result: Value): Value {
  if (!isPromise(result)) return result;
  Promise.resolve(result).catch(() => undefined); // it is refused, whatever becomes of it
  throw new SessionDataError("DATA_INVALID", `The function given to ${name} returned a promise.`, {
    hint: "It must be synchronous, since it runs again when another request was quicker: await first, change then.",
  });
}

/** Writes what an application says of a device as text. */
export function encodeDevice(device: unknown): string | undefined {
  return device === undefined ? undefined : encodeJson(device, "device");
}

/** Refuses what cannot be a list of authentication methods: at most 16 short names, as RFC 8176 has them. */
export function checkMethods(amr: unknown = []): readonly string[] {
  if (Array.isArray(amr) && amr.length <= 16 && amr.every(isName)) return amr;
  throw new SessionDataError("DATA_INVALID", "amr is not a list of at most 16 names of authentication methods.", {
    hint: 'Pass names such as "pwd", "otp" or "hwk" (RFC 8176).',
  });
}

/** Refuses what cannot be the name of an authentication level. */
export function checkLevel(acr: unknown = null): string | null {
  if (acr === null || isName(acr)) return acr;
  throw new SessionDataError("DATA_INVALID", "acr is not the name of an authentication level.", {
    hint: 'Pass a short name such as "aal2".',
  });
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= 64 && !/[\p{Cc}\p{Cs}]/u.test(value);
}
