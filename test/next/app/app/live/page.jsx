import { describe } from "../../lib/describe.js";
import { Forms, State } from "../../lib/forms.jsx";
import { auth, getSession } from "../../lib/session.js";

export async function generateMetadata() {
  const session = await auth();
  return { title: session ? await session.greeting : "a stranger" };
}

async function Nested({ depth }) {
  const session = await getSession();
  await auth();
  if (session.userId) await session.greeting;
  return depth === 0 ? null : <Nested depth={depth - 1} />;
}

export default async function Live() {
  const session = await getSession();
  await Promise.all([auth(), auth(), getSession(), getSession()]);
  return (
    <>
      <Nested depth={5} />
      <Forms />
      <State value={describe(session)} />
    </>
  );
}
