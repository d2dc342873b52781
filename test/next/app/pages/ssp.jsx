import { describe } from "../lib/describe.js";
import { operations } from "../lib/operations.js";
import { auth, getSession, openSession } from "../lib/session.js";

export async function getServerSideProps(context) {
  await Promise.all([auth(context), getSession(context), getSession(context.req, context.res)]);
  const session = await openSession(context);
  await operations[context.query.op ?? "read"](session);
  return { props: { state: JSON.parse(JSON.stringify(describe(session))) } };
}

export default function Page({ state }) {
  return <pre id="state">{JSON.stringify(state)}</pre>;
}
