import { createHash } from "node:crypto";
import { getSession, provider } from "../../lib/connected-session.js";
import { note } from "../../lib/http-store.js";

const words = {
  CONNECTION_MISSING: "Link your account.",
  CONNECTION_BROKEN: "Your account gives us nothing any more. Link it again.",
};

const State = ({ value }) => <pre id="state">{JSON.stringify(value)}</pre>;

export default async function Connected({ searchParams }) {
  const session = await getSession();
  const { userId } = session;
  await note("asks");
  try {
    const token = await session.connection("corp").accessToken();
    const digest = createHash("sha256").update(token).digest("hex");
    const asked = "call" in (await searchParams);
    return <State value={asked ? { userId, subject: await subjectOf(token) } : { userId, digest }} />;
  } catch (error) {
    if (!words[error.code]) throw error;
    return (
      <>
        <p>{words[error.code]}</p>
        <State value={{ userId, code: error.code }} />
      </>
    );
  }
}

/** Whose token it is, as the provider says. */
async function subjectOf(token) {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${provider.issuer}/me`, { headers, cache: "no-store" });
  return response.ok ? (await response.json()).sub : response.status;
}
