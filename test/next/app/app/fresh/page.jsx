import { State } from "../../lib/forms.jsx";
import { requireUser } from "../../lib/session.js";

export default async function Fresh({ searchParams }) {
  const { freshFor } = await searchParams;
  return <State value={(await requireUser({ freshFor })).userId} />;
}
