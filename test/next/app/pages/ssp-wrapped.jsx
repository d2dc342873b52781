import { requireUser, withSession } from "../lib/session.js";

export const getServerSideProps = withSession(async (context) => {
  await requireUser(context);
  return { props: { state: context.session.userId } };
});

export default function Page({ state }) {
  return <pre id="state">{JSON.stringify(state)}</pre>;
}
