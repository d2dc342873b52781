import { describe } from "../../lib/describe.js";
import { State } from "../../lib/forms.jsx";
import { carried } from "../../lib/session.js";

export default async function Carried() {
  return <State value={describe(await carried.getSession())} />;
}
