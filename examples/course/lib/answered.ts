import { isSessionError, type SessionErrorCode } from "coatcheck";

/** What is over when the database is there again. Everything else is ours to put right, and stays an error. */
const outages: readonly SessionErrorCode[] = [
  "STORE_UNAVAILABLE",
  "STORE_CONFLICT",
  "STORE_FULL",
  "USER_UNAVAILABLE",
  "VERIFICATION_UNAVAILABLE",
];

/** The answer of a route for programs, or a 503 where nobody can tell: told anything else, they throw good tokens away. */
export async function answered(answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (!isSessionError(error, ...outages)) throw error;
    return Response.json({ error: "temporarily_unavailable" }, { status: 503, headers: { "retry-after": "2" } });
  }
}
