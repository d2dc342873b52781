import { describe } from "../../lib/describe.js";
import { State } from "../../lib/forms.jsx";
import { getSession, memory } from "../../lib/session.js";

export default async function Memory() {
  const [one, other] = [await memory.getSession(), await getSession()];
  return <State value={{ memory: describe(one), other: describe(other) }} />;
}
