import { codeOf } from "../../lib/describe.js";
import { State } from "../../lib/forms.jsx";
import { getSession } from "../../lib/session.js";

export default async function Errors() {
  return <State value={await codeOf(() => getSession())} />;
}
