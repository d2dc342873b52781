import { headers } from "next/headers";
import { userAgent } from "next/server";

/** "Firefox on Linux": what the list of signed-in browsers calls this one. */
export async function describeDevice(): Promise<string> {
  const { browser, os } = userAgent({ headers: await headers() });
  return [browser.name, os.name].filter(Boolean).join(" on ") || "Unknown browser";
}
