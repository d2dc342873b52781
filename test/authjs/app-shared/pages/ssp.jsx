import { ourAuth } from "../lib/auth.js";

export async function getServerSideProps(context) {
  return { props: { ours: (await ourAuth(context))?.userId ?? null } };
}

export default function Page(props) {
  return <pre id="state">{JSON.stringify(props)}</pre>;
}
