import { requireUser } from "../lib/session.js";

export async function getServerSideProps(context) {
  const session = await requireUser(context);
  return { props: { state: session.userId } };
}

export default function Page({ state }) {
  return <pre id="state">{JSON.stringify(state)}</pre>;
}
