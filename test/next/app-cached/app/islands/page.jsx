import { Suspense } from "react";
import { describe } from "../../lib/describe.js";
import { auth, getSession } from "../../lib/session.js";

async function cachedFor(userId) {
  "use cache";
  return `cached for ${userId}`;
}

async function Island({ id }) {
  const session = await getSession();
  const user = await auth();
  return <pre id={id}>{JSON.stringify({ ...describe(session), cached: await cachedFor(user?.userId) })}</pre>;
}

export default function Islands() {
  return (
    <>
      <h1>the shell</h1>
      <Suspense fallback={<p>one moment</p>}>
        <Island id="state" />
      </Suspense>
      <Suspense fallback={<p>another</p>}>
        <Island id="other" />
      </Suspense>
    </>
  );
}
