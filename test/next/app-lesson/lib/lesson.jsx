import { ask, getSession } from "./lesson-session.js";

const answer = async () => ask(await getSession());

async function Heading() {
  return <h1>{(await answer()).user}</h1>;
}

async function Lock() {
  return <p>{String((await answer()).canView)}</p>;
}

async function Purchases() {
  return <p>{(await answer()).purchases}</p>;
}

async function Percent() {
  return <p>{(await answer()).percent}</p>;
}

export async function generateMetadata() {
  return { title: `for ${(await answer()).user}` };
}

/** The page: it asks, and so do four components, each for all of it. */
export async function Lesson() {
  return (
    <>
      <Heading />
      <Lock />
      <Purchases />
      <Percent />
      <pre id="state">{JSON.stringify(await answer())}</pre>
    </>
  );
}
