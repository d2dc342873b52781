import { requireUser, withSession } from "../../lib/session.js";

export default withSession(async (req, res) => {
  res.json((await requireUser(req, res)).userId);
});
