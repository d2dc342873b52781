import { describe } from "../../lib/describe.js";
import { Forms, State } from "../../lib/forms.jsx";
import { getSession, requireUser } from "../../lib/session.js";

export default async function Proxied({ searchParams }) {
  if ((await searchParams).member) await requireUser();
  return (
    <>
      <Forms />
      <State value={describe(await getSession())} />
    </>
  );
}
