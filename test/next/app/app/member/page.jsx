import { Forms, State } from "../../lib/forms.jsx";
import { requireUser } from "../../lib/session.js";

export default async function Member({ searchParams }) {
  const { returnTo } = await searchParams;
  const session = await requireUser(returnTo === undefined ? {} : { returnTo });
  return (
    <>
      <Forms />
      <State value={session.userId} />
    </>
  );
}
