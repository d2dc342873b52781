import { describe } from "../../lib/describe.js";
import { Forms, State } from "../../lib/forms.jsx";
import { getSession } from "../../lib/session.js";

export default async function Proxied() {
  return (
    <>
      <Forms />
      <State value={describe(await getSession())} />
    </>
  );
}
