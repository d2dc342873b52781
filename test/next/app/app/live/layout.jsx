import { auth, getSession } from "../../lib/session.js";

export default async function Layout({ children }) {
  const [user, session] = await Promise.all([auth(), getSession()]);
  return (
    <section data-user={String(user?.userId)} data-anonymous={String(session.isAnonymous)}>
      {children}
    </section>
  );
}
