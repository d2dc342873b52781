import { SessionDataError } from "../errors.ts";
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

/** Writes what an application says of a device as text. */
export function encodeDevice(device: unknown): string | undefined {
  return device === undefined ? undefined : encodeJson(device, "device");
}
