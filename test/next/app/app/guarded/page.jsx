import { State } from "../../lib/forms.jsx";
import { requireUser } from "../../lib/session.js";

export default async function Guarded() {
  return <State value={(await requireUser()).userId} />;
}
