import { requireUser, withSession } from "../../../lib/session.js";

export const GET = withSession(async () => Response.json((await requireUser()).userId));
