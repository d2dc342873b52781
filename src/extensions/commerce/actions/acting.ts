import type { Commerce } from "../commerce-value.ts";

/** What the actions need of a session. */
export interface ActingSession {
  readonly userId: string | null;
  readonly commerce: Commerce;
}

/** What a handler of theirs is given. */
export interface Asked<Input> {
  readonly session: ActingSession;
  readonly input: Input;
  readonly request: Request;
}

/** An answer with a status and the name of what is wrong. */
export function refusal(status: 400 | 401 | 404, error: string): Response {
  return Response.json({ error }, { status });
}
