import { codeOf, describe } from "../../lib/describe.js";
import { operations } from "../../lib/operations.js";
import { createAuthSession, getSession, openSession } from "../../lib/session.js";

export default async function handler(req, res) {
  const { op = "read" } = req.query;
  res.setHeader("set-cookie", ["by-page=1"]);
  if (op === "ambient") return res.json({ code: await codeOf(() => getSession()) });
  if (op === "signin") await createAuthSession(req, res, "ada", { device: "a laptop" });
  else await operations[op](await openSession(req, res));
  res.json(describe(await getSession(req, res)));
}
