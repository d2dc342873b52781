import { SessionProvider } from "coatcheck/react";
import { Hooked } from "../../lib/hooked.jsx";
import { ask, getSession } from "../../lib/lesson-session.js";

export default async function Layout({ children }) {
  const session = await getSession();
  return (
    <SessionProvider session={await session.toClient()}>
      <section data-percent={(await ask(session)).percent}>{children}</section>
      <Hooked />
    </SessionProvider>
  );
}
