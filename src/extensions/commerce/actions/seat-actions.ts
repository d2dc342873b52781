import { type Asked, refusal } from "./acting.ts";
import { code, fields, maybeCode, maybeQuantity } from "./input.ts";

/** What `invite` takes. */
export interface InviteInput {
  readonly purchaseId: string;
  readonly email: string | null;
  readonly uses: number | null;
}

/** `GET seats`: the seats of the viewer's own team purchases. */
export const seatsAction = {
  method: "GET",
  handler: async ({ session }: Asked<undefined>) => ({ seats: await session.commerce.seats.list() }),
} as const;

/** `POST invite`: a code for a seat of a team purchase of the viewer's; 404 where it is not theirs. */
export const inviteAction = {
  input: fields<InviteInput>({ purchaseId: code, email: maybeCode, uses: maybeQuantity }),
  async handler({ session, input: { purchaseId, email, uses } }: Asked<InviteInput>) {
    const options = { ...(email !== null && { email }), ...(uses !== null && { uses }) };
    const invited = await session.commerce.seats.invite(purchaseId, options);
    return invited.status === "invited" ? invited : refusal(404, "not_found");
  },
} as const;

/** `POST claim`: a seat for the viewer, by its code. */
export const claimAction = {
  input: fields({ code }),
  handler: ({ session, input }: Asked<{ readonly code: string }>) => session.commerce.seats.claim(input.code),
} as const;

/** `GET claimed`: who has a seat of a team purchase, for its owner; 404 for everybody else. */
export const claimedAction = {
  method: "GET",
  input: fields({ purchaseId: code }),
  async handler({ session, input }: Asked<{ readonly purchaseId: string }>) {
    const seats = await session.commerce.seats.claimed(input.purchaseId);
    return seats ? { seats } : refusal(404, "not_found");
  },
} as const;
