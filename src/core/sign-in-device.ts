import { encodeDevice } from "./inputs.ts";
import type { Policy } from "./policy.ts";
import type { SignIn } from "./sign-in.ts";
import type { Transport } from "./transport.ts";

/**
 * Adds to a sign-in what the request shows of the device, unless the application has said something itself. Whatever goes
 * wrong, the sign-in goes on: nobody is kept out because of a name in a list.
 */
export async function withDevice<Request extends Pick<SignIn, "device">>(
  transport: Transport,
  { devices }: Policy,
  signIn: Request,
): Promise<Request> {
  if (signIn.device !== undefined || !transport.device) return signIn;
  try {
    return { ...signIn, device: encodeDevice(await transport.device(devices)) };
  } catch {
    return signIn;
  }
}
