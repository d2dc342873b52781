import { codeOf } from "../../lib/describe.js";
import { State } from "../../lib/forms.jsx";
import { operations } from "../../lib/operations.js";
import { openSession } from "../../lib/session.js";

export default async function Write({ searchParams }) {
  const { op } = await searchParams;
  const session = await openSession();
  return <State value={await codeOf(() => operations[op](session))} />;
}
