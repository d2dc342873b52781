export default async function SignIn({ searchParams }) {
  return <pre id="state">{JSON.stringify(await searchParams)}</pre>;
}
