import { headers } from "next/headers";
import { decodeFlash, flashHeader } from "@/lib/flash";
import { TidyAddress } from "./tidy-address";

/** The messages that the proxy took out of the session for this page. */
export async function Notices() {
  const flash = decodeFlash((await headers()).get(flashHeader));
  if (flash.length === 0) return null;
  return (
    <div className="notices" role="status">
      <TidyAddress />
      {flash.map(({ text, tone }) => (
        <p key={text} className={`notice ${tone}`}>
          {text}
        </p>
      ))}
    </div>
  );
}
