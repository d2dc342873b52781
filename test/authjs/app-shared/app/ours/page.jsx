import { ourAuth, ourSession, requireOurUser } from "../../lib/auth.js";

async function Part() {
  return <i>{(await ourAuth())?.userId}</i>;
}

export async function generateMetadata() {
  return { title: String((await ourSession()).userId) };
}

export default async function Page() {
  const session = await requireOurUser();
  return (
    <main>
      <pre id="state">{JSON.stringify({ ours: session.userId })}</pre>
      <Part />
      <Part />
      <Part />
    </main>
  );
}
